using MongoDB.Bson;
using MovieLms.Data.Analytics;
using MovieLms.Data.Announcements;
using MovieLms.Data.Assignments;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Favorites;
using MovieLms.Data.Images;
using MovieLms.Data.Lectures;
using MovieLms.Data.Movies;
using MovieLms.Data.Notifications;
using MovieLms.Data.Orders;
using MovieLms.Data.Reviews;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;
using static MovieLms.Data.PersonalData.PersonalLink;

namespace MovieLms.Data.PersonalData;

/// <summary>
/// The declarations of all collections, in the order in which an account is erased: documents that refer to others come before those,
/// and the user's own document comes last.
/// </summary>
public static class PersonalCollections
{
    /// <summary>The name that replaces the name of an erased user where one is required.</summary>
    public const string ErasedName = "Deleted user";

    private const string Secrets = "Contains only hashes of secrets.";

    /// <summary>All declarations.</summary>
    public static IReadOnlyList<PersonalCollection> All { get; } =
    [
        Removed(ReviewEntity.Collection, ById(ReviewFields.UserId)),
        Removed(FavoriteEntity.Collection, ById("userId")),
        Removed(TodoEntity.Collection, ById("ownerId")),
        Removed(NotificationEntity.Collection, ById(NotificationFields.UserId)),
        Removed(AttendanceEntity.Collection, ById(AttendanceFields.StudentId)),
        Removed(EnrollmentEntity.Collection, ById(EnrollmentFields.StudentId)),
        Removed(SubmissionEntity.Collection, ById(SubmissionFields.StudentId)) with
        {
            ExportsFiles = true,
            Mentions = ["gradedBy", "gradeChanges.by"],
        },
        Removed(ImageEntity.Collection, ById(ImageEntity.UserId)) with
        {
            ExportsFiles = true,
        },
        Removed(CollectionNames.ImportErrors, ByParent("importId", CollectionNames.Imports)),
        Removed(CollectionNames.Imports, ById("ownerId")) with
        {
            ExportedFields =
            [
                "_id",
                "kind",
                "subjectId",
                "state",
                "file",
                "total",
                "succeeded",
                "failed",
                "corrected",
                "createdAt",
                "startedAt",
                "finishedAt",
                "reason",
            ],
            // The owner again, while a worker processes the import.
            Mentions = ["runningFor"],
        },
        Removed(CollectionNames.ReadMarks, ById("userId")),
        new(CollectionNames.ChatMessages)
        {
            Links = [ById("userId")],
            IsExported = true,
            Erasure = Erasure.Anonymize,
            // As if the author had deleted the message. The document stays because the numbers of a room have no gaps.
            Anonymized = now => new BsonDocument
            {
                {
                    "$set",
                    new BsonDocument { { "username", ErasedName }, { "deletedAt", now.UtcDateTime } }
                },
                {
                    "$unset",
                    new BsonDocument
                    {
                        { "text", "" },
                        { "archivedAt", "" },
                        { "archivedBy", "" },
                    }
                },
                { "$inc", new BsonDocument("version", 1L) },
            },
        },
        new(OrderEntity.Collection)
        {
            Links = [ById(OrderFields.CustomerId)],
            IsExported = true,
            Erasure = Erasure.Anonymize,
            Anonymized = _ => new BsonDocument
            {
                { "$set", new BsonDocument("customerName", ErasedName) },
                { "$inc", new BsonDocument("version", 1L) },
            },
            Mentions = ["history.by", "delivery.by"],
            Reason = "Accounting needs the order, but not the name.",
        },
        new(CollectionNames.Audit)
        {
            Links = [ById("userId"), ById("actorId")],
            IsExported = true,
            // Without addresses and other users: an entry may describe what somebody else did to the account.
            ExportedFields = ["_id", "at", "action", "succeeded", "detail", "count"],
            Erasure = Erasure.Anonymize,
            ErasedLinks = [ById("actorId"), ById("userId") with { Condition = new BsonDocument("actorId", BsonNull.Value) }],
            Anonymized = _ => new BsonDocument("$unset", new BsonDocument("address", "")),
            Reason = "The log keeps the IDs, without the user's IP addresses, until it expires after 400 days.",
        },
        new(CourseEntity.Collection)
        {
            Links = [ById(CourseFields.OwnerId)],
            IsExported = true,
            ExportedFields =
            [
                "_id",
                "title",
                "description",
                "price",
                "currency",
                "capacity",
                "status",
                "activeEnrollments",
                "createdAt",
                "updatedAt",
                "deletedAt",
                "archivedAt",
            ],
            // A claim exists only while a student's seat changes.
            Mentions = ["seatClaims.studentId"],
            Reason = "A course belongs to its students too. Administrators manage it when its owner is gone.",
        },
        new(AnnouncementEntity.Collection)
        {
            Links = [ById(AnnouncementFields.AuthorId)],
            IsExported = true,
            Reason = "An announcement belongs to its course.",
        },
        new(CollectionNames.Rooms)
        {
            Links = [ById("userIds")],
            IsExported = true,
            ExportedFields = ["_id", "name", "createdAt", "lastMessageAt"],
            Reason = "The other user of a direct room keeps their own messages.",
        },
        NotExported(CollectionNames.ImportUsage, "Counts the bytes uploaded today.", ByIdPrefix("_id")),
        NotExported(CollectionNames.IdempotencyKeys, "Repeats responses for 24 hours.", ByIdPrefix("_id")),
        NotExported(CollectionNames.Outbox, "Has the mails of a few days, and their text only until they are sent.", ByAddress("to")),
        NotExported(CollectionNames.OneTimeCodes, Secrets, ById("userId")),
        NotExported(CollectionNames.RefreshTokens, Secrets, ByParent("sessionId", CollectionNames.Sessions)),
        NotExported(CollectionNames.ConsoleSessions, "Contains only encrypted tokens. The export has the sessions.", ById("userId")),
        Removed(CollectionNames.Sessions, ById("userId")) with
        {
            ExportedFields = ["_id", "method", "userAgent", "address", "createdAt", "lastUsedAt", "expiresAt", "endedAt"],
        },
        NotPersonal(MovieEntity.Collection, "Does not record who wrote a movie."),
        NotPersonal(LectureEntity.Collection, "Belongs to a course and does not record its author."),
        NotPersonal(AssignmentEntity.Collection, "Belongs to a course and does not record its author."),
        NotPersonal(StoredAnswers.Collection, "Contains totals. Those of orders name customers, so every erasure removes them."),
        NotPersonal(CollectionNames.JobRuns, "Contains the runs of scheduled jobs."),
        NotPersonal(CollectionNames.SigningKeys, "Contains keys of the installation."),
        NotPersonal(CollectionNames.ServerSecrets, "Contains secrets of the installation."),
        NotPersonal(CollectionNames.DataProtectionKeys, "Contains keys of the installation."),
        NotPersonal(CollectionNames.Cascades, "Records operations by the IDs of documents.") with
        {
            Mentions = ["by"],
        },
        NotPersonal($"{CollectionNames.Files}.files", "The documents that refer to a file export and remove it."),
        NotPersonal($"{CollectionNames.Files}.chunks", "The documents that refer to a file export and remove it."),
        Removed(CollectionNames.Users, ById("_id")) with
        {
            ExportedFields =
            [
                "_id",
                "username",
                "email",
                "emailVerifiedAt",
                "role",
                "phone",
                "phoneVerifiedAt",
                "mailPreferences",
                "externalLogins",
                "createdAt",
                "updatedAt",
            ],
        },
    ];

    /// <summary>Returns the declaration of a collection; null if it has none.</summary>
    public static PersonalCollection? Find(string collection) => All.FirstOrDefault(declared => declared.Name == collection);

    private static PersonalCollection Removed(string name, PersonalLink link) =>
        new(name)
        {
            Links = [link],
            IsExported = true,
            Erasure = Erasure.Remove,
        };

    private static PersonalCollection NotExported(string name, string reason, PersonalLink link) =>
        new(name)
        {
            Links = [link],
            Erasure = Erasure.Remove,
            Reason = reason,
        };

    private static PersonalCollection NotPersonal(string name, string reason) => new(name) { Reason = reason };
}
