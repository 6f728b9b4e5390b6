using MongoDB.Bson;

namespace MovieLms.Data.Courses;

/// <summary>The field names of stored courses, for filters and pipelines.</summary>
internal static class CourseFields
{
    internal const string Id = "_id";
    internal const string Title = "title";
    internal const string TitleKey = "titleKey";
    internal const string Words = "words";
    internal const string Capacity = "capacity";
    internal const string Status = "status";
    internal const string Published = "Published";
    internal const string OwnerId = "ownerId";
    internal const string ActiveEnrollments = "activeEnrollments";
    internal const string SeatClaims = "seatClaims";
    internal const string SeatVersion = "seatVersion";
    internal const string LectureOrder = "lectureOrder";
    internal const string Version = "version";
    internal const string CreatedAt = "createdAt";
    internal const string DeletedAt = "deletedAt";
    internal const string ArchivedAt = "archivedAt";

    /// <summary>Returns a filter for one course that is not deleted.</summary>
    internal static BsonDocument Live(ObjectId id) => new() { { Id, id }, { DeletedAt, BsonNull.Value } };

    /// <summary>Returns a filter for one course that is neither deleted nor archived and can be changed.</summary>
    internal static BsonDocument Open(ObjectId id) =>
        new()
        {
            { Id, id },
            { DeletedAt, BsonNull.Value },
            { ArchivedAt, BsonNull.Value },
        };
}
