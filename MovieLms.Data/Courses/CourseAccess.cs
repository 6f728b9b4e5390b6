using MongoDB.Bson;

namespace MovieLms.Data.Courses;

/// <summary>The courses that a role allows a user to manage.</summary>
public enum CourseScope
{
    /// <summary>No courses, not even those that the user owns.</summary>
    None,

    /// <summary>The courses that the user owns.</summary>
    Owned,

    /// <summary>Every course.</summary>
    All,
}

/// <summary>The caller's access to courses, determined by role and ownership. It becomes part of each query's filter.</summary>
/// <param name="UserId">The caller.</param>
/// <param name="Scope">What the caller's role allows. An owner without the role has the same rights as any other user.</param>
public readonly record struct CourseAccess(ObjectId UserId, CourseScope Scope)
{
    /// <summary>Returns the access of a user whose role has these permissions.</summary>
    public static CourseAccess Create(ObjectId userId, bool managesOwned, bool managesAll) =>
        new(
            userId,
            managesAll ? CourseScope.All
                : managesOwned ? CourseScope.Owned
                : CourseScope.None
        );

    /// <summary>Returns true when the caller manages the course.</summary>
    public bool Manages(CourseDocument course) => Scope == CourseScope.All || (Scope == CourseScope.Owned && course.OwnerId == UserId);

    /// <summary>Restricts a filter to courses that the caller manages.</summary>
    internal BsonDocument Managed(BsonDocument filter)
    {
        if (Scope != CourseScope.All)
            filter[CourseFields.OwnerId] = Scope == CourseScope.Owned ? UserId : new BsonDocument("$in", new BsonArray());
        return filter;
    }

    /// <summary>Restricts a filter to courses that the caller can see: published ones, and those they manage.</summary>
    internal BsonDocument Visible(BsonDocument filter)
    {
        if (Scope == CourseScope.All)
            return filter;
        if (!filter.TryGetValue("$and", out var all))
            filter.Add("$and", all = new BsonArray());
        var seen = new BsonArray { new BsonDocument(CourseFields.Status, CourseFields.Published) };
        if (Scope == CourseScope.Owned)
            seen.Add(new BsonDocument(CourseFields.OwnerId, UserId));
        all.AsBsonArray.Add(new BsonDocument("$or", seen));
        return filter;
    }
}
