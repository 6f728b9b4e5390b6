using System.Text.Json.Nodes;

namespace MovieLms.ApiService.OpenApi.Examples;

/// <summary>
/// The values of members in the examples of the API document. <c>Type.member</c> takes precedence over <c>member</c>. Members without a
/// value get one that fits their type, so a new contract has examples before it has entries here.
/// </summary>
internal static class ExampleValues
{
    /// <summary>Optional members that the example of a request leaves out, as most requests do.</summary>
    internal static HashSet<string> Omitted { get; } = ["EnrollRequest.studentId", "ExchangeRequest.codeVerifier"];

    /// <summary>Returns the value of a member, or null if the table has none.</summary>
    internal static bool TryGet(string type, string member, out JsonNode? value)
    {
        var isKnown = Values.TryGetPropertyValue($"{type}.{member}", out value) || Values.TryGetPropertyValue(member, out value);
        value = value?.DeepClone();
        return isKnown;
    }

    private static readonly JsonObject Values = JsonNode
        .Parse(
            """
            {
              "username": "Ada Petrova", "studentName": "Ada Petrova", "customerName": "Ada Petrova", "byName": "Agnes Weber", "MessageAuthor.name": "Ada Petrova",
              "email": "ada@example.org", "password": "projector-lamp-in-the-rain", "currentPassword": "projector-lamp-in-the-rain",
              "newPassword": "second-reel-on-the-pier", "role": "student", "phone": "+4915112345678", "phoneVerified": false,
              "secondStep": false, "emailVerified": true,
              "accessToken": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI2NmIyIn0.c2lnbmF0dXJl", "refreshToken": "vJ3tq0Zc5mXkR8sYb1LhUw",
              "tokenType": "Bearer", "expiresIn": 600,
              "challenge": "Qm4nT7xWcE2rVz9KpLs0aD", "token": "Xb7kP2mQe9TzRw4NcVy1Hg", "code": "493027",
              "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
              "uri": "otpauth://totp/MovieLms:ada@example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=MovieLms",
              "recoveryCodes": ["k7qf-2mzd", "x9wn-4hrt"], "channel": "email", "purpose": "verifyEmail",
              "SessionResponse.current": true, "userAgent": "Mozilla/5.0 (X11; Linux x86_64)", "address": "203.0.113.7", "provider": null,
              "action": "login", "succeeded": true, "AuditEntryResponse.detail": "password", 
              "actorName": "Ada Petrova", "userName": "Ada Petrova", "ownerName": "Ada Petrova",
              "OutboxMailResponse.state": "sent", "OutboxMailResponse.subject": "Your import is complete", "to": "ada@example.org",
              "OutboxMailResponse.attempts": 1, "lastError": null, "nextAttemptAt": null, "sentAt": "2026-09-01T08:30:02Z",
              "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "2026-11",
              "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",

              "title": "Film history", "description": "From the Lumière brothers to today.", "text": "We meet in room 12 on Friday.",
              "MovieRequest.title": "Cléo from 5 to 7", "NewMovieRequest.title": "Cléo from 5 to 7", "MovieResponse.title": "Cléo from 5 to 7",
              "RankedMovie.title": "Cléo from 5 to 7", "TopMovie.title": "Cléo from 5 to 7", "ReviewedMovie.title": "Cléo from 5 to 7",
              "LectureFilmResponse.title": "Cléo from 5 to 7", "item": "Film history", "courseTitle": "Film history",
              "LectureRequest.title": "The French New Wave", "LectureResponse.title": "The French New Wave",
              "DashboardLectureDto.title": "The French New Wave", "LectureAttendance.title": "The French New Wave",
              "AssignmentRequest.title": "A scene in one shot", "AssignmentResponse.title": "A scene in one shot",
              "DashboardAssignmentDto.title": "A scene in one shot", "DashboardWorkDto.title": "A scene in one shot",
              "assignmentTitle": "A scene in one shot", "AssignmentRequest.description": "At most three minutes.",
              "AssignmentResponse.description": "At most three minutes.", "LectureRequest.description": "With two excerpts.",
              "LectureResponse.description": "With two excerpts.", "AnnouncementRequest.title": "A new room on Friday",
              "AnnouncementResponse.title": "A new room on Friday", "NotificationResponse.title": "Your work was graded",
              "NotificationResponse.text": "A scene in one shot: 87.5", "NotificationResponse.kind": "grade", "link": null,
              "TodoRequest.title": "Watch Metropolis", "TodoPatch.title": "Watch Metropolis", "TodoResponse.title": "Watch Metropolis",
              "TodoRequest.description": "The restored version.", "TodoPatch.description": "The restored version.",
              "TodoResponse.description": "The restored version.", "priority": "high", "done": false, "version": 1,
              "genre": "Drama", "year": 1962, "decade": 1960, "rating": 8.5, "ratingCount": 1240, "averageRating": 7.4, "ratingOutOfFive": 4.3,
              "DirectorDto.name": "Agnès Varda", "MovieDirector.name": "Agnès Varda", "nationality": "French", "runtimeMinutes": 90,
              "distributor": "Athos Films", "mpaaRating": "Not Rated", "us": 4300000, "worldwide": 6100000, "budget": 640000,
              "releaseDate": "1962-04-11", "comment": "Every minute counts.", "usersWithFavorites": 31,
              "RatingBand.from": 8, "RatingBand.to": 9, "RatingBucket.from": 8, "RatingBucket.to": 10, "GradeBand.from": 80, "GradeBand.to": 90,

              "price": 49.5, "unitPrice": 49.5, "amount": 49.5, "currency": "EUR", "quantity": 1, "capacity": 30, "activeEnrollments": 12,
              "CourseRequest.status": "published", "CourseResponse.status": "published", "ChangeEnrollmentRequest.status": "completed",
              "OrderPatch.status": "paid", "orderNumber": "2026-000042", "paidAmount": 49.5, "unpaidAmount": 99, "cancelledAmount": 0,
              "cancelledOrders": 0, "UserOrder.status": "paid", "OrderChangeResponse.status": "pending",
              "grade": 87.5, "averageGrade": 81.2, "feedback": "The light is beautiful.", "feedbackBefore": null,
              "GradeChangeResponse.from": null, "GradeChangeResponse.to": 87.5, "GradeChangeResponse.importId": null,
              "WorkResponse.text": "The film is attached.", "WorkResponse.fileName": "scene.mp4", "fileSize": 734003, "isLate": false, "number": 1,
              "durationMinutes": 90, "completedAt": null, "withdrawnAt": null, "archivedAt": null, "readAt": null, "editedAt": null,
              "cancelRequestedAt": null, "reason": null, "corrected": 0, "failed": 3, "total": 500, "ImportResponse.succeeded": 497,
              "rowsPerSecond": 2450.5, "fileName": "todos.csv", "subjectId": null, "kind": "todos", "ImportResponse.state": "completed",
              "ImportAccepted.state": "queued", "message": "Task processing started. You will receive a report shortly.",
              "createdAt": "2026-09-01T08:30:00Z", "updatedAt": "2026-09-02T10:15:00Z", 
              "dueAt": "2027-01-22T17:00:00Z", "dueDate": "2027-01-22T17:00:00Z", "startsAt": "2027-01-15T10:00:00Z",
              "expiresAt": "2026-09-01T09:10:00Z", "nextCursor": null, "overdue": false, "owned": false, "waiting": 4,

              "room": "lobby", "name": "lobby", "RoomResponse.title": "Lobby", "sequence": 17, "lastSequence": 17, "readSequence": 15, "RoomResponse.unread": 2,
              "DashboardUnreadDto.total": 2, "clientMessageId": "5f0c7a1f", "deleted": false, "truncated": false,
              "RoomMessageResponse.text": "See you at the screening.",
              "collection": "movies",
              "pipeline": [{ "$match": { "year": 1962 } }, { "$group": { "_id": "$genre", "count": { "$sum": 1 } } }],
              "documents": [{ "_id": "Drama", "count": 12 }],
              "announcements": true, "digests": true, "reports": false
            }
            """
        )!
        .AsObject();
}
