using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;
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

    private const int MaxCourses = 100;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _users,
            [
                Indexes.On<UserDocument>("role_nameWords", "role", "nameWords"),
                Indexes.On<UserDocument>("role_emailNormalized", "role", StudentQuery.Address),
            ],
            cancellationToken
        );

    /// <summary>The order that a search gives.</summary>
    public static string SortOf(string? search) => search?.Contains('@', StringComparison.Ordinal) == true ? ByAddress : Newest;

    /// <summary>True for a cursor key of the type that the order makes.</summary>
    public static bool Accepts(string sort, BsonValue key) => sort == ByAddress ? key.IsString : key.IsBsonNull;

    /// <summary>One page, in the order of <see cref="SortOf"/>.</summary>
    /// <param name="search">Words that each begin a word of the name; with an at sign, the beginning of the address. Null for
    /// everybody.</param>
    /// <param name="archived">Only archived ones in place of only the others.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<UserDocument>> ListAsync(
        string? search,
        bool archived,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (StudentQuery.Filter(search, archived, cursor) is not { } query)
            return new Page<UserDocument>([], null);
        var sort = SortOf(search);
        var found = await _users.Find(query).Sort(StudentQuery.Order(sort)).Limit(limit + 1).ToListAsync(cancellationToken);
        return StudentQuery.Page(found, limit, sort);
    }

    /// <summary>One student; null when there is none, or the user has another role.</summary>
    public async Task<UserDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _users.Find(user => user.Id == id && user.Role == StudentQuery.Role).FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// The courses a student is or was enrolled in, the latest enrollment first, at most 100; deleted courses are left out.
    /// Uses the index <c>studentId_enrolledAt_id</c>.
    /// </summary>
    /// <param name="studentId">The student.</param>
    /// <param name="ownerId">Only courses that this instructor owns; null for all.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<IReadOnlyList<StudentCourse>> CoursesAsync(
        ObjectId studentId,
        ObjectId? ownerId,
        CancellationToken cancellationToken
    ) =>
        await database
            .GetCollection<BsonDocument>(CollectionNames.Enrollments)
            .Aggregate()
            .Match(new BsonDocument { { "studentId", studentId }, { "deletedAt", BsonNull.Value } })
            .Sort(Keyset.Sort("enrolledAt", descending: true))
            .AppendStage<BsonDocument>(
                new BsonDocument(
                    "$lookup",
                    new BsonDocument
                    {
                        { "from", CollectionNames.Courses },
                        { "localField", "courseId" },
                        { "foreignField", "_id" },
                        { "as", "course" },
                    }
                )
            )
            .AppendStage<BsonDocument>(new BsonDocument("$unwind", "$course"))
            .AppendStage<BsonDocument>(new BsonDocument("$match", OfOwner(ownerId)))
            .Limit(MaxCourses)
            .AppendStage<StudentCourse>(
                new BsonDocument(
                    "$project",
                    new BsonDocument
                    {
                        { "courseId", 1 },
                        { "title", "$course.title" },
                        { "status", 1 },
                        { "grade", 1 },
                        { "enrolledAt", 1 },
                    }
                )
            )
            .ToListAsync(cancellationToken);

    private static BsonDocument OfOwner(ObjectId? ownerId)
    {
        var course = new BsonDocument("course.deletedAt", BsonNull.Value);
        if (ownerId is { } owner)
            course.Add("course.ownerId", owner);
        return course;
    }
}
