using System.Text.RegularExpressions;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Students;

/// <summary>The filter, sort order and paging that all lists of students share.</summary>
internal static class StudentQuery
{
    internal const string Role = "student";
    internal const string Address = "emailNormalized";

    /// <summary>Returns the filter for the users; null for a search that cannot match.</summary>
    internal static BsonDocument? Filter(string? search, bool archived, PageCursor? cursor)
    {
        var query = new BsonDocument
        {
            { "role", Role },
            { "archivedAt", archived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value },
        };
        if (StudentLists.SortOf(search) == StudentLists.ByEmail)
            return query.Add(Address, AddressRange(search!.Trim().ToLowerInvariant(), cursor));
        if (search is not null)
        {
            var words = SearchWords.Of(search).OrderByDescending(word => word.Length).ToArray();
            if (words.Length == 0)
                return null;
            query.Add("nameWords", Prefix(words[0]));
            if (words.Length > 1)
                query.Add("$and", new BsonArray(words.Skip(1).Select(word => new BsonDocument("nameWords", Prefix(word)))));
        }
        if (cursor is not null)
            query.Add("_id", new BsonDocument("$lt", cursor.Id));
        return query;
    }

    internal static BsonDocument Order(string sort) =>
        sort == StudentLists.ByEmail ? new BsonDocument(Address, 1) : new BsonDocument("_id", -1);

    internal static Page<UserDocument> Page(List<UserDocument> found, int limit, string sort) =>
        Keyset.Page(found, limit, sort, user => (sort == StudentLists.ByEmail ? user.EmailNormalized : BsonNull.Value, user.Id));

    /// <summary>Returns the range of addresses with a prefix, which the index returns in order.</summary>
    private static BsonDocument AddressRange(string text, PageCursor? cursor)
    {
        var range = new BsonDocument("$lt", text + char.MaxValue);
        range.Add(cursor is null ? "$gte" : "$gt", cursor is null || cursor.Key < text ? text : cursor.Key);
        return range;
    }

    private static BsonRegularExpression Prefix(string text) => new("^" + Regex.Escape(text));
}
