using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.Data.Students;

/// <summary>The filter that all lists of students share.</summary>
internal static class StudentQuery
{
    internal const string Role = "student";

    /// <summary>Returns the filter for the users; null for a search that cannot match.</summary>
    internal static BsonDocument? Filter(string? search, bool archived)
    {
        var query = new BsonDocument
        {
            { "role", Role },
            { "archivedAt", archived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value },
        };
        return UserSearch.TryAdd(query, search) ? query : null;
    }
}
