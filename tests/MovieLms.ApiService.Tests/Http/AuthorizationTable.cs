using System.Globalization;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>The expected status of every endpoint for every caller.</summary>
internal static class AuthorizationTable
{
    /// <summary>One endpoint.</summary>
    internal sealed record Row(string Method, string Path, int[] Expected, string? Body);

    /// <summary>
    /// The columns. The learner is enrolled in the teacher's published course and owns the to-do, the review, the enrollment and the
    /// submission. The teacher owns the course. The demoted owner also owns a course but is now a student and gets the same status as any
    /// other student, so the table omits that column. The other callers are related to neither.
    /// </summary>
    internal static readonly string[] Callers = ["nobody", "student", "instructor", "admin", "learner", "teacher", "demoted"];

    internal static IReadOnlyList<Row> Rows { get; } = [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];

    private static Row Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var statuses = words[2..8].Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new Row(
            words[0],
            words[1],
            [.. statuses, statuses[Array.IndexOf(Callers, "student")]],
            words.Length > 8 ? string.Join(' ', words[8..]) : null
        );
    }

    private const string Text = """
        GET    /api/movies                                              200 200 200 200 200 200
        POST   /api/movies                                              401 403 201 201 403 201 {"title":"{unique}"}
        POST   /api/movies/import                                       401 403 202 202 403 202 csv:title\n{unique}
        GET    /api/movies/{movie}                                      200 200 200 200 200 200
        PUT    /api/movies/{movie}                                      401 403 200 200 403 200 {"title":"{unique}"}
        DELETE /api/movies/{movie}                                      401 403 204 204 403 204
        POST   /api/movies/{movie}/restore                              401 403 403 200 403 403
        PUT    /api/movies/{movie}/favorite                             401 204 204 204 204 204
        DELETE /api/movies/{movie}/favorite                             401 204 204 204 204 204
        GET    /api/movies/{movie}/reviews                              200 200 200 200 200 200
        GET    /api/movies/{movie}/ratings                              200 200 200 200 200 200
        GET    /api/movies/{movie}/me                                   401 200 200 200 200 200
        GET    /api/auth/me/reviews                                     401 200 200 200 200 200
        GET    /api/users/{learner}/reviews                             200 200 200 200 200 200
        POST   /api/movies/{movie}/reviews                              401 201 201 201 201 201 {"rating":7}
        GET    /api/movies/{movie}/reviews/{review}                     200 200 200 200 200 200
        PUT    /api/movies/{movie}/reviews/{review}                     401 403 403 200 200 403 {"rating":8}
        DELETE /api/movies/{movie}/reviews/{review}                     401 403 403 204 204 403
        GET    /api/movies/{movie}/poster                               404 404 404 404 404 404
        PUT    /api/movies/{movie}/poster                               401 403 415 415 403 415 {}
        DELETE /api/movies/{movie}/poster                               401 403 404 404 403 404
        GET    /api/users/{learner}/avatar                              401 404 404 404 404 404
        PUT    /api/users/{learner}/avatar                              401 403 403 403 415 403 {}
        DELETE /api/users/{learner}/avatar                              401 403 403 404 404 403
        GET    /api/auth/me/favorites                                   401 200 200 200 200 200
        GET    /api/analytics                                           200 200 200 200 200 200
        GET    /api/analytics/ratings-by-genre                          200 200 200 200 200 200
        GET    /api/analytics/movies-by-year                            200 200 200 200 200 200
        GET    /api/analytics/favorites                                 200 200 200 200 200 200
        GET    /api/analytics/top-rated                                 200 200 200 200 200 200
        GET    /api/analytics/rating-buckets                            200 200 200 200 200 200
        GET    /api/analytics/facets                                    200 200 200 200 200 200
        GET    /api/analytics/reviewers                                 200 200 200 200 200 200
        GET    /api/analytics/{analytic}/pipeline                       200 200 200 200 200 200
        GET    /api/analytics/report.pdf                                401 403 200 200 403 200
        GET    /api/analytics/report.csv                                401 403 200 200 403 200
        GET    /api/analytics/courses/{course}                          401 403 403 200 403 200
        GET    /api/analytics/courses/{course}/pipeline                 401 403 403 200 403 200
        GET    /api/analytics/orders/{figure}/pipeline                  401 403 403 200 403 403
        GET    /api/analytics/orders/by-customer                        401 403 403 200 403 403
        GET    /api/analytics/orders/by-status                          401 403 403 200 403 403
        GET    /api/analytics/orders/by-item                            401 403 403 200 403 403
        GET    /api/analytics/orders/users                              401 403 403 200 403 403
        GET    /api/genres                                              200 200 200 200 200 200
        GET    /api/analytics/pipeline                                  401 403 403 200 403 403
        POST   /api/analytics/pipeline                                  401 403 403 200 403 403 {"collection":"movies","pipeline":[]}
        GET    /api/schema/er                                           200 200 200 200 200 200
        GET    /api/courses                                             401 200 200 200 200 200
        POST   /api/courses                                             401 403 201 201 403 201 {"title":"A course"}
        GET    /api/courses/{draft}                                     401 404 404 200 404 200
        PUT    /api/courses/{course}                                    401 403 403 200 403 200 {"title":"Another"}
        PUT    /api/courses/{course}/owner                              401 403 403 200 403 403 {"ownerId":"{teacher}"}
        DELETE /api/courses/{course}                                    401 403 403 204 403 204
        POST   /api/courses/{course}/archive                            401 403 403 200 403 200
        POST   /api/courses/{archived}/restore                          401 403 403 200 403 200
        GET    /api/courses/{course}/lectures                           401 200 200 200 200 200
        POST   /api/courses/{course}/lectures                           401 403 403 201 403 201 {"title":"A lecture"}
        PUT    /api/courses/{course}/lectures/order                     401 403 403 204 403 204 {"ids":["{lecture}"]}
        GET    /api/courses/{course}/lectures/{lecture}                 401 200 200 200 200 200
        PUT    /api/courses/{course}/lectures/{lecture}                 401 403 403 200 403 200 {"title":"Another"}
        DELETE /api/courses/{course}/lectures/{lecture}                 401 403 403 204 403 204
        POST   /api/courses/{course}/lectures/{lecture}/attend          401 403 403 403 200 403
        GET    /api/courses/{course}/lectures/{lecture}/attendance      401 403 403 200 403 200
        GET    /api/courses/{course}/gradebook                          401 403 403 200 403 200
        GET    /api/courses/{course}/gradebook.csv                      401 403 403 200 403 200
        GET    /api/courses/{course}/grades/me                          401 404 404 404 200 404
        GET    /api/courses/{course}/announcements                      401 403 403 200 200 200
        POST   /api/courses/{course}/announcements                      401 403 403 201 403 201 {"title":"News","text":"Text"}
        GET    /api/courses/{course}/announcements/{announcement}       401 403 403 200 200 200
        GET    /api/courses/{course}/assignments                        401 403 403 200 200 200
        POST   /api/courses/{course}/assignments                        401 403 403 201 403 201 {"title":"A scene"}
        GET    /api/courses/{course}/assignments/{assignment}           401 403 403 200 200 200
        PUT    /api/courses/{course}/assignments/{assignment}           401 403 403 200 403 200 {"title":"Another"}
        DELETE /api/courses/{course}/assignments/{assignment}           401 403 403 204 403 204
        GET    /api/assignments/{assignment}/submissions                401 404 404 200 200 200
        POST   /api/assignments/{assignment}/submissions                401 404 404 403 201 403 {"text":"Done"}
        GET    /api/submissions/{submission}                            401 404 404 200 200 200
        GET    /api/submissions/{submission}/file                       401 404 404 404 404 404
        PUT    /api/submissions/{submission}/grade                      401 403 404 200 403 200 {"grade":50}
        POST   /api/assignments/{assignment}/grades/import              401 403 404 202 403 202 csv:email,grade\nx@example.test,50
        POST   /api/courses/{course}/enrollments/import                 401 403 403 202 403 202 csv:email\nx@example.test
        POST   /api/courses/{course}/enrollments/batch                  401 403 403 200 403 200 {"enroll":[{"studentId":"{learner}"}]}
        GET    /api/enrollments                                         401 200 200 200 200 200
        POST   /api/enrollments                                         401 201 201 201 409 201 {"courseId":"{course}"}
        GET    /api/enrollments/{enrollment}                            401 404 404 200 200 200
        PATCH  /api/enrollments/{enrollment}                            401 403 404 200 403 200 {"grade":50}
        DELETE /api/enrollments/{enrollment}                            401 404 404 204 204 204
        GET    /api/dashboard                                           401 200 200 200 200 200
        GET    /api/students                                            401 403 200 200 403 200
        POST   /api/students                                            401 403 201 201 403 201 {"username":"New","email":"{unique}@example.test"}
        GET    /api/students/{taught}                                   401 404 404 200 200 200
        GET    /api/todos                                               401 200 200 200 200 200
        POST   /api/todos                                               401 201 201 201 201 201 {"title":"A task"}
        GET    /api/todos/{todo}                                        401 404 404 404 200 404
        PUT    /api/todos/{todo}                                        401 404 404 404 200 404 {"title":"Another"}
        PATCH  /api/todos/{todo}                                        401 404 404 404 200 404 {"done":true}
        DELETE /api/todos/{todo}                                        401 404 404 404 204 404
        POST   /api/todos/{todo}/restore                                401 404 404 404 200 404
        POST   /api/todos/import                                        401 202 202 202 202 202 csv:title\nA task
        GET    /api/imports                                             401 200 200 200 200 200
        POST   /api/imports/{import}/cancel                             401 404 404 200 200 404
        GET    /api/imports/{import}                                    401 404 404 200 200 404
        GET    /api/imports/{import}/errors.csv                         401 404 404 200 200 404
        GET    /api/imports/{import}/report.pdf                         401 404 404 404 404 404
        GET    /api/users                                               401 403 403 200 403 403
        POST   /api/users                                               401 403 403 201 403 403 {"username":"New","email":"{unique}@example.test"}
        GET    /api/users/{learner}                                     401 403 403 200 403 403
        PATCH  /api/users/{learner}/role                                401 403 403 200 403 403 {"role":"instructor"}
        POST   /api/users/{learner}/archive                             401 403 403 200 403 403
        DELETE /api/users/{learner}/sessions                            401 403 403 204 403 403
        DELETE /api/users/{learner}/second-step                         401 403 403 204 403 403
        POST   /api/users/{learner}/restore                             401 403 403 200 403 403
        GET    /api/audit                                               401 403 403 200 403 403
        GET    /api/outbox                                              401 403 403 200 403 403
        POST   /api/outbox/{unknown}/retry                              401 403 403 404 403 403
        POST   /api/auth/first-admin                                    409 409 409 409 409 409 {"token":"x","username":"New","email":"{unique}@example.test","password":"dolly-zoom-on-the-pier-7"}
        POST   /api/auth/register                                       201 201 201 201 201 201 {"username":"New","email":"{unique}@example.test","password":"dolly-zoom-on-the-pier-7"}
        POST   /api/auth/login                                          401 401 401 401 401 401 {"email":"{unique}@example.test","password":"dolly-zoom-on-the-pier-7"}
        POST   /api/auth/login/verify                                   401 401 401 401 401 401 {"challenge":"x","code":"123456"}
        POST   /api/auth/refresh                                        401 401 401 401 401 401 {"refreshToken":"x"}
        POST   /api/auth/exchange                                       401 401 401 401 401 401 {"code":"x"}
        POST   /api/auth/forgot-password                                202 202 202 202 202 202 {"email":"{unique}@example.test"}
        POST   /api/auth/reset-password/{unique}                        400 400 400 400 400 400 {"newPassword":"dolly-zoom-on-the-pier-8"}
        POST   /api/auth/reset-password                                 400 400 400 400 400 400 {"token":"x","newPassword":"dolly-zoom-on-the-pier-8"}
        POST   /api/auth/logout                                         401 204 204 204 204 204 {}
        GET    /api/auth/me                                             401 200 200 200 200 200
        PUT    /api/auth/me                                             401 200 200 200 200 200 {"username":"Another"}
        DELETE /api/auth/me                                             401 403 403 403 403 403
        GET    /api/auth/me/export                                      401 200 200 200 200 200
        POST   /api/auth/change-email                                   401 403 403 403 403 403 {"newEmail":"{unique}@example.test"}
        POST   /api/auth/confirm-email-change                           400 400 400 400 400 400 {"token":"x"}
        POST   /api/auth/refuse-email-change                            400 400 400 400 400 400 {"token":"x"}
        POST   /api/auth/keep-account                                   400 400 400 400 400 400 {"token":"x"}
        GET    /api/auth/sessions                                       401 200 200 200 200 200
        DELETE /api/auth/sessions                                       401 204 204 204 204 204
        DELETE /api/auth/sessions/{unknown}                             401 404 404 404 404 404
        POST   /api/auth/change-password                                401 400 400 400 400 400 {"currentPassword":"x","newPassword":"dolly-zoom-on-the-pier-8"}
        POST   /api/auth/otp                                            401 202 202 202 202 202 {"channel":"email","purpose":"verifyEmail"}
        POST   /api/auth/otp/verify                                     401 400 400 400 400 400 {"purpose":"verifyEmail","code":"123456"}
        POST   /api/auth/totp                                           401 409 409 409 409 409 {"currentPassword":"x"}
        POST   /api/auth/totp/confirm                                   401 409 409 409 409 409 {"code":"123456"}
        DELETE /api/auth/totp                                           401 409 409 409 409 409 {"code":"123456"}
        POST   /api/auth/verify-email                                   400 400 400 400 400 400 {"token":"x"}
        GET    /api/mail/unsubscribe/{unique}                           404 404 404 404 404 404
        POST   /api/mail/unsubscribe/{unique}                           404 404 404 404 404 404
        POST   /api/orders                                              401 201 201 201 201 201 {"courseId":"{course}"}
        GET    /api/orders                                              401 200 200 200 200 200
        GET    /api/orders/{order}                                      401 404 404 200 200 404
        PATCH  /api/orders/{order}                                      401 403 403 200 403 403 {"status":"paid"}
        POST   /api/orders/{order}/cancel                               401 404 404 200 200 404
        GET    /api/orders/{order}/receipt.pdf                          401 404 404 404 404 404
        GET    /api/rooms                                               401 200 200 200 200 200
        GET    /api/rooms/people                                        401 200 200 200 200 200
        GET    /api/rooms/{room}/messages                               401 404 404 200 200 200
        GET    /api/notifications                                       401 200 200 200 200 200
        POST   /api/notifications/read                                  401 200 200 200 200 200
        POST   /api/notifications/{unknown}/read                        401 404 404 404 404 404
        GET    /api/version                                             200 200 200 200 200 200
        GET    /api/unread                                              401 200 200 200 200 200
        GET    /api/auth/{provider}                                     404 404 404 404 404 404
        """;
}
