using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Students;

/// <summary>A course in which a student is or was enrolled.</summary>
public sealed record StudentCourse
{
    /// <summary>The ID of the enrollment.</summary>
    public ObjectId Id { get; init; }
    public ObjectId CourseId { get; init; }
    public required string Title { get; init; }
    public required string Status { get; init; }
    public double? Grade { get; init; }
    public DateTimeOffset EnrolledAt { get; init; }
}

/// <summary>Reads students, for instructors and administrators.</summary>
public sealed class StudentLists(IMongoDatabase database) : IIndexedStore
{
    private const int MaxCourses = 100;

    private static readonly BsonDocument[] WithCourse = PipelineText.Parse(
        $$"""
        [
          { $lookup: { from: "{{CourseEntity.Collection}}", localField: "courseId", foreignField: "_id", as: "course" } },
          { $unwind: "$course" },
          { $project: { courseId: 1, title: "$course.title", status: 1, grade: 1, enrolledAt: 1 } }
        ]
        """
    );

    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _users,
            [
                Indexes.On<UserDocument>("role_nameWords", "role", UserSearch.NameWords),
                Indexes.On<UserDocument>("role_emailNormalized", "role", UserSearch.Address),
            ],
            cancellationToken
        );

    /// <summary>Returns one page, in the order of <see cref="UserSearch.SortOf"/>.</summary>
    /// <param name="search">Prefixes of words of the name or, with an at sign, a prefix of the address; null for all students.</param>
    /// <param name="archived">True for only archived students, false for only the others.</param>
    /// <param name="cursor">The position at which the page starts; null for the first page.</param>
    /// <param name="limit">Maximum number of students.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<UserDocument>> ListAsync(
        string? search,
        bool archived,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        if (StudentQuery.Filter(search, archived) is not { } query)
            return Page<UserDocument>.Empty(limit);
        var sort = UserSearch.SortOf(search);
        var total = await _users.CountTotalAsync(query, limit, cancellationToken);
        UserSearch.After(query, cursor, sort);
        var found = await _users.Find(query).Sort(UserSearch.Order(sort)).Limit(limit.Items + 1).ToListAsync(cancellationToken);
        return UserSearch.Page(found, limit, sort, total);
    }

    /// <summary>Returns a student; null if there is no such user or the user has another role.</summary>
    public async Task<UserDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _users.Find(user => user.Id == id && user.Role == StudentQuery.Role).FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Returns up to 100 courses in which a student is or was enrolled, the latest enrollment first; only those of an owner, or of all
    /// owners if <paramref name="ownerId"/> is null. Omits deleted courses. Uses the index <c>studentId_enrolledAt_id</c>.
    /// </summary>
    public async Task<IReadOnlyList<StudentCourse>> ListCoursesAsync(
        ObjectId studentId,
        ObjectId? ownerId,
        CancellationToken cancellationToken
    ) =>
        await database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .Aggregate()
            .Match(new BsonDocument { { "studentId", studentId }, { "deletedAt", BsonNull.Value } })
            .Sort(Keyset.Sort("enrolledAt", descending: true))
            .AppendStage<BsonDocument>(WithCourse[0])
            .AppendStage<BsonDocument>(WithCourse[1])
            .Match(OfOwner(ownerId))
            .Limit(MaxCourses)
            .AppendStage<StudentCourse>(WithCourse[2])
            .ToListAsync(cancellationToken);

    private static BsonDocument OfOwner(ObjectId? ownerId)
    {
        var course = new BsonDocument("course.deletedAt", BsonNull.Value);
        if (ownerId is { } owner)
            course.Add("course.ownerId", owner);
        return course;
    }
}
