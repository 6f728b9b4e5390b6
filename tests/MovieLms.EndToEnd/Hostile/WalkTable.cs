using System.Globalization;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>One valid request per endpoint, the basis of the hostile requests.</summary>
internal static class WalkTable
{
    /// <summary>A valid request.</summary>
    /// <param name="Caller">An authorized user of <see cref="Campus"/>.</param>
    /// <param name="Status">The expected status.</param>
    /// <param name="Method">The HTTP method.</param>
    /// <param name="Path">The path with placeholders of <see cref="CampusResources"/>.</param>
    /// <param name="Body">JSON, or <c>csv:</c> followed by rows; null for none.</param>
    internal sealed record Row(string Caller, int Status, string Method, string Path, string? Body)
    {
        public override string ToString() => $"{Method} {Path}";
    }

    internal static IReadOnlyList<Row> Rows { get; } = [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];

    private static Row Read(string line)
    {
        var words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
        return new Row(
            words[0],
            int.Parse(words[1], CultureInfo.InvariantCulture),
            words[2],
            words[3],
            words.Length > 4 ? words[4].Replace("\\n", "\n") : null
        );
    }

    private const string Text = """
        anonymous 200 GET    /.well-known/jwks.json
        admin     202 POST   /api/movies/import csv:title,genre,year\n{unique},Drama,1999\n
        student   202 POST   /api/todos/import csv:title,description,dueDate,priority,done\n{unique},,2027-01-15,high,false\n
        teacher   202 POST   /api/courses/{course}/enrollments/import csv:email\n{unique}@example.test\n
        teacher   202 POST   /api/assignments/{assignment}/grades/import csv:email,grade\n{unique}@example.test,50\n
        anonymous 409 POST   /api/auth/first-admin {"token":"{secret}","username":"New","email":"{unique}@example.test","password":"{password}"}
        anonymous 201 POST   /api/auth/register {"username":"New","email":"{unique}@example.test","password":"{password}"}
        anonymous 200 POST   /api/auth/login {"email":"{email}","password":"{password}"}
        anonymous 200 POST   /api/auth/refresh {"refreshToken":"{refresh!}"}
        fresh     204 POST   /api/auth/logout {"refreshToken":"{refresh!}"}
        student   200 GET    /api/auth/me
        student   200 PUT    /api/auth/me {"username":"A student","phone":"+4915112345678","currentPassword":"{password}","mailPreferences":{"digests":true}}
        fresh     202 DELETE /api/auth/me {"currentPassword":"{password}"}
        fresh     200 GET    /api/auth/me/export
        fresh     202 POST   /api/auth/change-email {"newEmail":"{unique}@example.test","currentPassword":"{password}"}
        anonymous 400 POST   /api/auth/confirm-email-change {"token":"{secret}"}
        anonymous 400 POST   /api/auth/refuse-email-change {"token":"{secret}"}
        anonymous 400 POST   /api/auth/keep-account {"token":"{secret}"}
        anonymous 401 POST   /api/auth/login/verify {"challenge":"{secret}","code":"123456"}
        anonymous 202 POST   /api/auth/forgot-password {"email":"{email}"}
        anonymous 204 POST   /api/auth/reset-password {"token":"{reset!}","newPassword":"new-{password}"}
        anonymous 400 POST   /api/auth/reset-password/{secret} {"newPassword":"new-{password}"}
        fresh     204 POST   /api/auth/change-password {"currentPassword":"{password}","newPassword":"another-{password}"}
        fresh     202 POST   /api/auth/otp {"channel":"email","purpose":"verifyEmail"}
        fresh     400 POST   /api/auth/otp/verify {"purpose":"verifyEmail","code":"123456"}
        anonymous 400 POST   /api/auth/verify-email {"token":"{secret}"}
        anonymous 501 GET    /api/auth/google
        anonymous 401 POST   /api/auth/exchange {"code":"{secret}"}
        student   200 GET    /api/auth/sessions
        fresh     204 DELETE /api/auth/sessions
        fresh     204 DELETE /api/auth/sessions/{session!}
        fresh     200 POST   /api/auth/totp {"currentPassword":"{password}"}
        fresh     409 DELETE /api/auth/totp {"code":"123456"}
        fresh     409 POST   /api/auth/totp/confirm {"code":"123456"}
        admin     200 GET    /api/users
        admin     200 GET    /api/users/{user!}
        admin     201 POST   /api/users {"username":"New","email":"{unique}@example.test","role":"student"}
        admin     200 PATCH  /api/users/{user!}/role {"role":"instructor"}
        admin     200 POST   /api/users/{user!}/archive
        admin     204 DELETE /api/users/{user!}/second-step
        admin     204 DELETE /api/users/{user!}/sessions
        admin     200 POST   /api/users/{archivedUser!}/restore
        admin     200 GET    /api/audit
        admin     200 GET    /api/outbox
        admin     404 POST   /api/outbox/{instructor}/retry
        student   200 GET    /api/imports
        student   200 GET    /api/imports/{import}
        student   409 POST   /api/imports/{import}/cancel
        student   200 GET    /api/imports/{import}/errors.csv
        student   200 GET    /api/imports/{import}/report.pdf
        anonymous 404 GET    /api/mail/unsubscribe/{secret}
        anonymous 404 POST   /api/mail/unsubscribe/{secret}
        anonymous 200 GET    /api/movies
        teacher   201 POST   /api/movies {"title":"{unique}","genre":"Drama","year":1999,"director":{"name":"A. Varda"},"rating":7.5,"ratingCount":10,"runtimeMinutes":90,"gross":{"us":1},"budget":1000,"releaseDate":"1999-05-01"}
        anonymous 200 GET    /api/movies/{movie}
        teacher   200 PUT    /api/movies/{movie} {"title":"{unique}","genre":"Drama","year":1999,"director":{"name":"A. Varda"}}
        teacher   204 DELETE /api/movies/{movie!}
        admin     200 POST   /api/movies/{movie}/restore
        anonymous 200 GET    /api/movies/{movie}/reviews
        anonymous 200 GET    /api/movies/{movie}/ratings
        student   200 GET    /api/movies/{movie}/me
        student   200 GET    /api/auth/me/reviews
        anonymous 200 GET    /api/users/{instructor}/reviews
        student   201 POST   /api/movies/{movie!}/reviews {"rating":7.5,"comment":"Good"}
        anonymous 200 GET    /api/movies/{movie}/reviews/{review}
        student   200 PUT    /api/movies/{movie}/reviews/{review} {"rating":8,"comment":"Better"}
        student   204 DELETE /api/movies/{movie!}/reviews/{review!}
        student   204 PUT    /api/movies/{movie}/favorite
        student   204 DELETE /api/movies/{movie}/favorite
        anonymous 404 GET    /api/movies/{movie}/poster
        teacher   415 PUT    /api/movies/{movie}/poster {}
        teacher   404 DELETE /api/movies/{movie}/poster
        student   404 GET    /api/users/{instructor}/avatar
        student   403 PUT    /api/users/{instructor}/avatar {}
        student   403 DELETE /api/users/{instructor}/avatar
        student   200 GET    /api/auth/me/favorites
        student   200 GET    /api/courses
        teacher   201 POST   /api/courses {"title":"{unique}","description":"About it","price":10.5,"currency":"EUR","capacity":50,"status":"published"}
        student   200 GET    /api/courses/{course}
        teacher   200 PUT    /api/courses/{course!} {"title":"A course","description":"About it","price":0,"currency":"EUR","capacity":900000,"status":"published"}
        admin     200 PUT    /api/courses/{course!}/owner {"ownerId":"{instructor}"}
        teacher   204 DELETE /api/courses/{course!}
        teacher   200 POST   /api/courses/{course!}/archive
        teacher   200 POST   /api/courses/{course}/restore
        student   200 GET    /api/courses/{course}/lectures
        teacher   201 POST   /api/courses/{course!}/lectures {"title":"A lecture","description":"About it","movieId":"{movie}","startsAt":"2027-01-15T10:00:00Z","durationMinutes":90}
        student   200 GET    /api/courses/{course}/lectures/{lecture}
        teacher   200 PUT    /api/courses/{course!}/lectures/{lecture!} {"title":"A lecture","movieId":"{movie}","startsAt":"2027-01-15T10:00:00Z","durationMinutes":90}
        teacher   204 DELETE /api/courses/{course!}/lectures/{lecture!}
        teacher   204 PUT    /api/courses/{course}/lectures/order {"ids":["{lecture}"]}
        student   200 POST   /api/courses/{course}/lectures/{lecture}/attend
        teacher   200 GET    /api/courses/{course}/lectures/{lecture}/attendance
        teacher   200 GET    /api/courses/{course}/gradebook
        teacher   200 GET    /api/courses/{course}/gradebook.csv
        student   200 GET    /api/courses/{course}/grades/me
        teacher   200 POST   /api/courses/{course!}/enrollments/batch {"enroll":[{"studentId":"{user!}"},{"email":"{email}"}],"withdraw":[{"email":"{unique}@example.test"}]}
        student   200 GET    /api/enrollments
        fresh     201 POST   /api/enrollments {"courseId":"{course}"}
        student   200 GET    /api/enrollments/{enrollment}
        teacher   200 PATCH  /api/enrollments/{enrollment} {"grade":50.5}
        student   204 DELETE /api/enrollments/{enrollment!}
        student   200 GET    /api/courses/{course}/announcements
        teacher   201 POST   /api/courses/{course}/announcements {"title":"News","text":"Text"}
        student   200 GET    /api/courses/{course}/announcements/{announcement}
        student   200 GET    /api/courses/{course}/assignments
        teacher   201 POST   /api/courses/{course!}/assignments {"title":"A scene","description":"About it","dueAt":"2027-01-15T10:00:00Z"}
        student   200 GET    /api/courses/{course}/assignments/{assignment}
        teacher   200 PUT    /api/courses/{course}/assignments/{assignment} {"title":"A scene","description":"About it","dueAt":"2027-01-15T10:00:00Z"}
        teacher   204 DELETE /api/courses/{course!}/assignments/{assignment!}
        teacher   200 GET    /api/assignments/{assignment}/submissions
        student   201 POST   /api/assignments/{assignment}/submissions {"text":"Done"}
        student   200 GET    /api/submissions/{submission}
        student   200 GET    /api/submissions/{uploadedSubmission}/file
        teacher   200 PUT    /api/submissions/{submission}/grade {"grade":50.5,"feedback":"Good"}
        teacher   200 GET    /api/students
        teacher   201 POST   /api/students {"username":"New","email":"{unique}@example.test"}
        admin     200 GET    /api/students/{user!}
        teacher   200 GET    /api/analytics/courses/{course}
        student   200 GET    /api/todos
        student   201 POST   /api/todos {"title":"A task","description":"About it","dueDate":"2027-01-15T10:00:00Z","priority":"high","done":false}
        student   200 GET    /api/todos/{todo}
        student   200 PUT    /api/todos/{todo} {"title":"A task","description":"About it","dueDate":"2027-01-15T10:00:00Z","priority":"high","done":false}
        student   200 PATCH  /api/todos/{todo} {"title":"A task","dueDate":null,"priority":"low","done":true}
        student   204 DELETE /api/todos/{todo!}
        student   200 POST   /api/todos/{todo!}/restore
        student   200 GET    /api/dashboard
        student   201 POST   /api/orders {"courseId":"{course}","quantity":1}
        student   200 GET    /api/orders
        student   200 GET    /api/orders/{order}
        admin     200 PATCH  /api/orders/{order!} {"status":"cancelled"}
        student   200 POST   /api/orders/{order!}/cancel
        student   200 GET    /api/orders/{paidOrder}/receipt.pdf
        anonymous 200 GET    /api/analytics
        anonymous 200 GET    /api/analytics/ratings-by-genre
        anonymous 200 GET    /api/analytics/movies-by-year
        anonymous 200 GET    /api/analytics/favorites
        anonymous 200 GET    /api/analytics/top-rated
        anonymous 200 GET    /api/analytics/rating-buckets
        anonymous 200 GET    /api/analytics/facets
        anonymous 200 GET    /api/analytics/reviewers
        anonymous 200 GET    /api/analytics/top-rated/pipeline
        admin     200 GET    /api/analytics/orders/by-customer/pipeline
        teacher   200 GET    /api/analytics/courses/{course}/pipeline
        admin     200 GET    /api/analytics/pipeline
        teacher   200 GET    /api/analytics/report.pdf
        teacher   200 GET    /api/analytics/report.csv
        admin     200 POST   /api/analytics/pipeline {"collection":"movies","pipeline":[{"$match":{"year":1999}},{"$group":{"_id":"$genre","count":{"$sum":1}}},{"$sort":{"count":-1}},{"$limit":5}]}
        admin     200 GET    /api/analytics/orders/by-customer
        admin     200 GET    /api/analytics/orders/by-status
        admin     200 GET    /api/analytics/orders/by-item
        admin     200 GET    /api/analytics/orders/users
        anonymous 200 GET    /api/genres
        anonymous 200 GET    /api/schema/er
        anonymous 200 GET    /api/version
        student   200 GET    /api/rooms
        student   200 GET    /api/rooms/people
        student   200 GET    /api/rooms/course:{course}/messages
        student   200 GET    /api/notifications
        student   200 POST   /api/notifications/read {"upTo":"2020-01-01T00:00:00Z"}
        student   200 POST   /api/notifications/{notification}/read
        student   200 GET    /api/unread
        admin     200 GET    /health
        anonymous 200 GET    /alive
        anonymous 200 GET    /
        anonymous 200 GET    /robots.txt
        anonymous 200 GET    /openapi/v1.json
        anonymous 200 GET    /openapi/hub.json
        anonymous 200 GET    /scalar/
        admin     200 GET    /mail
        admin     200 GET    /mail.json
        admin     404 GET    /mail/{secret}
        admin     404 GET    /mail/{secret}/attachments/0
        admin     404 GET    /mail/{secret}/html
        admin     200 GET    /jobs
        admin     200 GET    /jobs/api/recurring
        admin     404 POST   /jobs/api/recurring/{secret}/run
        admin     200 GET    /jobs/api/history
        admin     404 GET    /jobs/api/history/{secret}
        anonymous 200 GET    /account/password
        anonymous 200 GET    /account/verify
        student   200 POST   /hubs/chat/negotiate?negotiateVersion=1
        student   400 GET    /hubs/chat
        """;
}
