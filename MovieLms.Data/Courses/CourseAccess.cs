using MongoDB.Bson;

namespace MovieLms.Data.Courses;

/// <summary>Who asks for a course, as far as it decides which courses they see and manage. It becomes part of each query's filter.</summary>
/// <param name="UserId">The caller.</param>
/// <param name="IsAdmin">Manages every course.</param>
public readonly record struct CourseAccess(ObjectId UserId, bool IsAdmin)
{
    /// <summary>True when the caller manages the course: its owner, or an admin.</summary>
    public bool Manages(CourseDocument course) => IsAdmin || course.OwnerId == UserId;

    /// <summary>Narrows to courses that the caller manages.</summary>
    internal BsonDocument Managed(BsonDocument filter)
    {
        if (!IsAdmin) filter[CourseFields.OwnerId] = UserId;
        return filter;
    }

    /// <summary>Narrows to courses that the caller sees: published ones, and those they manage.</summary>
    internal BsonDocument Visible(BsonDocument filter)
    {
        if (IsAdmin) return filter;
        if (!filter.TryGetValue("$and", out var all)) filter.Add("$and", all = new BsonArray());
        all.AsBsonArray.Add(new BsonDocument("$or", new BsonArray
        {
            new BsonDocument(CourseFields.Status, CourseFields.Published), new BsonDocument(CourseFields.OwnerId, UserId),
        }));
        return filter;
    }
}
