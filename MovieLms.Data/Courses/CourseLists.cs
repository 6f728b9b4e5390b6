using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Courses;

/// <summary>What a list of courses is narrowed to; null leaves a criterion out.</summary>
/// <param name="Search">Each word must begin a word of the title.</param>
/// <param name="Status">Only drafts, or only published ones.</param>
/// <param name="OwnerId">Only an instructor's.</param>
/// <param name="Archived">Only archived ones in place of only the others.</param>
public sealed record CourseFilter(string? Search = null, CourseStatus? Status = null, ObjectId? OwnerId = null, bool Archived = false);

/// <summary>Pages of courses.</summary>
public sealed class CourseLists(IMongoDatabase database)
{
    /// <summary>Every order there is; the first is the one when none is asked for.</summary>
    public static readonly string[] Sorts = ["title", "-title", "createdAt", "-createdAt"];

    internal static readonly CreateIndexModel<CourseDocument>[] Indexes =
    [
        Storage.Indexes.On<CourseDocument>("titleKey_id", CourseFields.TitleKey, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("createdAt_id", CourseFields.CreatedAt, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("ownerId_titleKey_id", CourseFields.OwnerId, CourseFields.TitleKey, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("ownerId_createdAt_id", CourseFields.OwnerId, CourseFields.CreatedAt, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("words", CourseFields.Words),
    ];

    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CollectionNames.Courses);

    /// <summary>True for a cursor key of the type that the order makes.</summary>
    public static bool Accepts(string sort, BsonValue key) =>
        key.BsonType == (sort.EndsWith("title", StringComparison.Ordinal) ? BsonType.String : BsonType.DateTime);

    /// <summary>One page of the courses that the caller sees.</summary>
    /// <param name="filter">What to narrow to.</param>
    /// <param name="access">The caller.</param>
    /// <param name="sort">One of <see cref="Sorts"/>.</param>
    /// <param name="cursor">Where the page begins, made for the same sort; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<CourseDocument>> ListAsync(
        CourseFilter filter,
        CourseAccess access,
        string sort,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var query = new BsonDocument
        {
            { CourseFields.DeletedAt, BsonNull.Value },
            { CourseFields.ArchivedAt, filter.Archived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value },
        };
        if (filter.OwnerId is { } owner)
            query.Add(CourseFields.OwnerId, owner);
        if (filter.Status is { } status)
            query.Add(CourseFields.Status, status.ToString());
        if (!AddWords(query, filter.Search))
            return new Page<CourseDocument>([], null);
        access.Visible(query);
        var (field, descending) = (
            sort.EndsWith("title", StringComparison.Ordinal) ? CourseFields.TitleKey : CourseFields.CreatedAt,
            sort[0] == '-'
        );
        Keyset.After(query, cursor, field, descending);
        var courses = await _courses.Find(query).Sort(Keyset.Sort(field, descending)).Limit(limit + 1).ToListAsync(cancellationToken);
        return Keyset.Page(
            courses,
            limit,
            sort,
            course => (field == CourseFields.TitleKey ? course.TitleKey : new BsonDateTime(course.CreatedAt.UtcDateTime), course.Id)
        );
    }

    /// <summary>The open courses that the caller owns and may manage, by title.</summary>
    public async Task<IReadOnlyList<CourseDocument>> ListOwnedAsync(CourseAccess access, int limit, CancellationToken cancellationToken)
    {
        if (access.Scope == CourseScope.None)
            return [];
        return (await ListAsync(new CourseFilter(OwnerId: access.UserId), access, "title", null, limit, cancellationToken)).Items;
    }

    /// <summary>
    /// The longest word, likely the rarest, stands where a planner looks first. False when nothing can match (a search for no word at all).
    /// </summary>
    private static bool AddWords(BsonDocument query, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return true;
        var prefixes = SearchWords
            .Of(text)
            .OrderByDescending(word => word.Length)
            .Select(word => new BsonDocument(CourseFields.Words, new BsonRegularExpression("^" + Regex.Escape(word))))
            .ToArray();
        if (prefixes.Length == 0)
            return false;
        query.Add(CourseFields.Words, prefixes[0][CourseFields.Words]);
        if (!query.TryGetValue("$and", out var all) && prefixes.Length > 1)
            query.Add("$and", all = new BsonArray());
        foreach (var prefix in prefixes.Skip(1))
            all.AsBsonArray.Add(prefix);
        return true;
    }
}
