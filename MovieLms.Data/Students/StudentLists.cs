using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Students;

/// <summary>A course that a student takes part in.</summary>
public sealed record StudentCourse
{
    /// <summary>Of the enrolment.</summary>
    public ObjectId Id { get; init; }
    public ObjectId CourseId { get; init; }
    public required string Title { get; init; }
    public required string Status { get; init; }
    public double? Grade { get; init; }
    public DateTimeOffset EnrolledAt { get; init; }
}

/// <summary>Reads users of the role student, for their teachers and themselves.</summary>
public sealed class StudentLists(IMongoDatabase database) : IIndexedStore
{
    /// <summary>The order of lists, newest first.</summary>
    public const string Newest = "-id";

    /// <summary>The order of a search by address: by address.</summary>
    public const string ByAddress = "email";

    private const string Role = "student";
    private const string Address = "emailNormalized";
    private const int MostCourses = 100;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) => indexes.AddAsync(
        _users,
        [Indexes.On<UserDocument>("role_nameWords", "role", "nameWords"), Indexes.On<UserDocument>("role_emailNormalized", "role", Address)], cancellationToken);

    /// <summary>The order that a search gives.</summary>
    public static string SortOf(string? search) => search?.Contains('@', StringComparison.Ordinal) == true ? ByAddress : Newest;

    /// <summary>True for a cursor key of the type that the order makes.</summary>
    public static bool Accepts(string sort, BsonValue key) => sort == ByAddress ? key.IsString : key.IsBsonNull;

    /// <summary>One page, in the order of <see cref="SortOf"/>.</summary>
    /// <param name="search">Words that each begin a word of the name; with an at sign, the beginning of the address. Null for everybody.</param>
    /// <param name="archived">Only archived ones in place of only the others.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<UserDocument>> ListAsync(string? search, bool archived, PageCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        var query = new BsonDocument { { "role", Role }, { "archivedAt", archived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value } };
        if (SortOf(search) == ByAddress)
        {
            query.Add(Address, AddressRange(search!.Trim().ToLowerInvariant(), cursor));
            var byAddress = await _users.Find(query).Sort(new BsonDocument(Address, 1)).Limit(limit + 1).ToListAsync(cancellationToken);
            return Keyset.Page(byAddress, limit, ByAddress, user => (user.EmailNormalized, user.Id));
        }
        if (search is not null)
        {
            var words = SearchWords.Of(search).OrderByDescending(word => word.Length).ToArray();
            if (words.Length == 0) return new Page<UserDocument>([], null);
            query.Add("nameWords", Prefix(words[0]));
            if (words.Length > 1) query.Add("$and", new BsonArray(words.Skip(1).Select(word => new BsonDocument("nameWords", Prefix(word)))));
        }
        if (cursor is not null) query.Add("_id", new BsonDocument("$lt", cursor.Id));
        var found = await _users.Find(query).Sort(new BsonDocument("_id", -1)).Limit(limit + 1).ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Newest, user => (BsonNull.Value, user.Id));
    }

    /// <summary>One student; null when there is none, or the user has another role.</summary>
    public async Task<UserDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _users.Find(user => user.Id == id && user.Role == Role).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The courses a student is or was enrolled in, enrolled last first, at most 100; deleted courses are left out. Uses the index <c>studentId_enrolledAt_id</c>.</summary>
    public async Task<IReadOnlyList<StudentCourse>> CoursesAsync(ObjectId studentId, CancellationToken cancellationToken) =>
        await database.GetCollection<BsonDocument>(CollectionNames.Enrollments).Aggregate()
            .Match(new BsonDocument { { "studentId", studentId }, { "deletedAt", BsonNull.Value } })
            .Sort(Keyset.Sort("enrolledAt", descending: true))
            .Limit(MostCourses)
            .AppendStage<BsonDocument>(new BsonDocument("$lookup", new BsonDocument
            {
                { "from", CollectionNames.Courses }, { "localField", "courseId" }, { "foreignField", "_id" }, { "as", "course" },
            }))
            .AppendStage<BsonDocument>(new BsonDocument("$unwind", "$course"))
            .AppendStage<BsonDocument>(new BsonDocument("$match", new BsonDocument("course.deletedAt", BsonNull.Value)))
            .AppendStage<StudentCourse>(new BsonDocument("$project", new BsonDocument
            {
                { "courseId", 1 }, { "title", "$course.title" }, { "status", 1 }, { "grade", 1 }, { "enrolledAt", 1 },
            }))
            .ToListAsync(cancellationToken);

    /// <summary>Addresses that begin with the text: the index gives them in order.</summary>
    private static BsonDocument AddressRange(string text, PageCursor? cursor)
    {
        var range = new BsonDocument("$lt", text + char.MaxValue);
        range.Add(cursor is null ? "$gte" : "$gt", cursor is null || cursor.Key < text ? text : cursor.Key);
        return range;
    }

    private static BsonRegularExpression Prefix(string text) => new("^" + Regex.Escape(text));
}
