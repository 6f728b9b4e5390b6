using MongoDB.Bson;

namespace MovieLms.Data.Courses;

/// <summary>The courses that a role lets its holder manage.</summary>
public enum CourseScope
{
    /// <summary>None, not even those that the user owns.</summary>
    None,

    /// <summary>Those that the user owns.</summary>
    Owned,

    /// <summary>Every course.</summary>
    All,
}

/// <summary>The caller's access to courses, from the role and the ownership together. It becomes part of each query's filter.</summary>
/// <param name="UserId">The caller.</param>
/// <param name="Scope">What the caller's role allows. An owner who lost the role has no rights beyond those of a stranger.</param>
public readonly record struct CourseAccess(ObjectId UserId, CourseScope Scope)
{
    /// <summary>The access of a user whose role holds these permissions.</summary>
    public static CourseAccess Of(ObjectId userId, bool managesOwned, bool managesAll) =>
        new(
            userId,
            managesAll ? CourseScope.All
                : managesOwned ? CourseScope.Owned
                : CourseScope.None
        );

    /// <summary>True when the caller manages the course.</summary>
    public bool Manages(CourseDocument course) => Scope == CourseScope.All || (Scope == CourseScope.Owned && course.OwnerId == UserId);

    /// <summary>Narrows to courses that the caller manages.</summary>
    internal BsonDocument Managed(BsonDocument filter)
    {
        if (Scope != CourseScope.All)
            filter[CourseFields.OwnerId] = Scope == CourseScope.Owned ? UserId : new BsonDocument("$in", new BsonArray());
        return filter;
    }

    /// <summary>Narrows to courses that the caller sees: published ones, and those they manage.</summary>
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
