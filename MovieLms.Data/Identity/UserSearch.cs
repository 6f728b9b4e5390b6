using System.Text.RegularExpressions;
using MongoDB.Bson;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Identity;

/// <summary>The search, sort order and paging that all lists of users share.</summary>
public static class UserSearch
{
    /// <summary>The sort order of lists: newest first.</summary>
    public const string Newest = "-id";

    /// <summary>The sort order of a search by address: by address.</summary>
    public const string ByEmail = "email";

    internal const string Address = "emailNormalized";
    internal const string NameWords = "nameWords";

    /// <summary>Returns the sort order of a search. A text with an at sign is the beginning of an address.</summary>
    public static string SortOf(string? search) => search?.Contains('@', StringComparison.Ordinal) == true ? ByEmail : Newest;

    /// <summary>Returns true if a cursor key has the type of the sort order's keys.</summary>
    public static bool Accepts(string sort, BsonValue key) => sort == ByEmail ? key.IsString : key.IsBsonNull;

    /// <summary>
    /// Adds the search to a filter: each word must be a prefix of a word of the name. An anchored prefix is a range of the index; the
    /// longest word, probably the rarest, comes first, where the query planner looks.
    /// </summary>
    /// <returns>False for a search that cannot match, because it contains no word.</returns>
    internal static bool TryAdd(BsonDocument query, string? search)
    {
        if (search is null)
            return true;
        if (SortOf(search) == ByEmail)
        {
            var text = search.Trim().ToLowerInvariant();
            query.Add(Address, new BsonDocument { { "$gte", text }, { "$lt", text + char.MaxValue } });
            return true;
        }
        var words = SearchWords.Of(search).OrderByDescending(word => word.Length).ToArray();
        if (words.Length == 0)
            return false;
        query.Add(NameWords, Prefix(words[0]));
        if (words.Length > 1)
            query.Add("$and", new BsonArray(words.Skip(1).Select(word => new BsonDocument(NameWords, Prefix(word)))));
        return true;
    }

    /// <summary>Narrows a filter to the users after the cursor. Addresses are unique, so the order by address needs no ID.</summary>
    internal static void After(BsonDocument query, PageCursor? cursor, string sort)
    {
        if (cursor is null)
            return;
        if (sort != ByEmail)
        {
            query.Add(Keyset.Id, new BsonDocument("$lt", cursor.Id));
            return;
        }
        var range = query[Address].AsBsonDocument;
        if (cursor.Key < range["$gte"])
            return;
        range.Remove("$gte");
        range.Add("$gt", cursor.Key);
    }

    internal static BsonDocument Order(string sort) =>
        sort == ByEmail ? new BsonDocument(Address, 1) : Keyset.Sort(Keyset.Id, descending: true);

    internal static Page<UserDocument> Page(List<UserDocument> found, PageLimit limit, string sort, PageTotal? total) =>
        Keyset.Page(found, limit, sort, user => (sort == ByEmail ? user.EmailNormalized : BsonNull.Value, user.Id), total);

    private static BsonRegularExpression Prefix(string text) => new("^" + Regex.Escape(text));
}
