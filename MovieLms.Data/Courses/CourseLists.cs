using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Courses;

/// <summary>A filter for a list of courses. Criteria that are null do not apply.</summary>
/// <param name="Search">Each word must be a prefix of a word of the title.</param>
/// <param name="Status">Only drafts, or only published courses.</param>
/// <param name="OwnerId">Only courses of this owner.</param>
/// <param name="Archived">Only archived courses instead of only the others.</param>
public sealed record CourseFilter(string? Search = null, CourseStatus? Status = null, ObjectId? OwnerId = null, bool Archived = false);

/// <summary>Lists courses in pages.</summary>
public sealed class CourseLists(IMongoDatabase database)
{
    /// <summary>The sort orders. The first is the default.</summary>
    public static readonly string[] Sorts = ["title", "-title", "createdAt", "-createdAt"];

    internal static readonly CreateIndexModel<CourseDocument>[] Indexes =
    [
        Storage.Indexes.On<CourseDocument>("titleKey_id", CourseFields.TitleKey, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("createdAt_id", CourseFields.CreatedAt, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("ownerId_titleKey_id", CourseFields.OwnerId, CourseFields.TitleKey, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("ownerId_createdAt_id", CourseFields.OwnerId, CourseFields.CreatedAt, CourseFields.Id),
        Storage.Indexes.On<CourseDocument>("words", CourseFields.Words),
    ];

    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CourseEntity.Collection);

    /// <summary>Returns true when a cursor's key has the type of the sort order.</summary>
    public static bool Accepts(string sort, BsonValue key) =>
        key.BsonType == (sort.EndsWith("title", StringComparison.Ordinal) ? BsonType.String : BsonType.DateTime);

    /// <summary>Returns one page of the courses that the caller can see, in one of the <see cref="Sorts"/>.</summary>
    /// <remarks>The cursor must have been created for the same sort order; null for the first page.</remarks>
    public async Task<Page<CourseDocument>> ListAsync(
        CourseFilter filter,
        CourseAccess access,
        string sort,
        PageCursor? cursor,
        PageLimit limit,
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
            return Page<CourseDocument>.Empty(limit);
        access.Visible(query);
        var (field, descending) = (
            sort.EndsWith("title", StringComparison.Ordinal) ? CourseFields.TitleKey : CourseFields.CreatedAt,
            sort[0] == '-'
        );
        var total = await _courses.CountTotalAsync(query, limit, cancellationToken);
        Keyset.After(query, cursor, field, descending);
        var courses = await _courses.Find(query).Sort(Keyset.Sort(field, descending)).Limit(limit.Items + 1).ToListAsync(cancellationToken);
        return Keyset.Page(
            courses,
            limit,
            sort,
            course => (field == CourseFields.TitleKey ? course.TitleKey : new BsonDateTime(course.CreatedAt.UtcDateTime), course.Id),
            total
        );
    }

    /// <summary>Returns the courses that the caller owns and may manage, by title. Archived courses are left out.</summary>
    public async Task<IReadOnlyList<CourseDocument>> ListOwnedAsync(CourseAccess access, int limit, CancellationToken cancellationToken)
    {
        if (access.Scope == CourseScope.None)
            return [];
        return (await ListAsync(new CourseFilter(OwnerId: access.UserId), access, "title", null, limit, cancellationToken)).Items;
    }

    /// <summary>
    /// Adds the words of a search, the longest first: it is likely the rarest, and a planner looks there first. Returns false when nothing
    /// can match because the text contains no words.
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
