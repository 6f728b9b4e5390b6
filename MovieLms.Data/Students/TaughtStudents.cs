using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Students;

/// <summary>
/// Reads the students of an instructor: users who are or were enrolled in a course that the instructor owns. Each query starts with
/// the enrollments of those courses, so that its cost does not grow with the number of users.
/// </summary>
public sealed class TaughtStudents(IMongoDatabase database)
{
    // Sorted before the lookup, so that a page of the newest students reads few users.
    private static readonly BsonDocument[] EnrolledUsers = PipelineText.Parse(
        $$"""
        [
          { $group: { _id: "$studentId" } },
          { $sort: { _id: -1 } },
          { $lookup: { from: "{{CollectionNames.Users}}", localField: "_id", foreignField: "_id", as: "user" } },
          { $unwind: "$user" },
          { $replaceRoot: { newRoot: "$user" } }
        ]
        """
    );

    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);

    /// <summary>Returns one page, in the order of <see cref="UserSearch.SortOf"/>.</summary>
    /// <param name="ownerId">The instructor.</param>
    /// <param name="search">
    /// As for <see cref="StudentLists.ListAsync"/>. A complete e-mail address finds any student, because an instructor who knows the
    /// address can enroll the student.
    /// </param>
    /// <param name="archived">True for only archived students, false for only the others.</param>
    /// <param name="cursor">The position at which the page starts; null for the first page.</param>
    /// <param name="limit">Maximum number of students.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<UserDocument>> ListAsync(
        ObjectId ownerId,
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
        if (sort == UserSearch.ByEmail && cursor is null && await FindByAddressAsync(search!, archived, cancellationToken) is { } known)
            return new Page<UserDocument>([known], null) { Total = limit.IsCounted ? PageTotal.Of(1) : null };
        var enrolled = await GetEnrolledFilterAsync(ownerId, cancellationToken);
        BsonDocument[] matching = [new("$match", enrolled), .. EnrolledUsers, new("$match", query)];
        var total = await database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .CountTotalAsync(matching, limit, hint: null, cancellationToken);
        UserSearch.After(query, cursor, sort);
        if (sort == UserSearch.Newest && cursor is not null)
            enrolled.Add(EnrollmentFields.StudentId, new BsonDocument("$lt", cursor.Id));
        BsonDocument[] stages =
        [
            new("$match", enrolled),
            .. EnrolledUsers,
            new("$match", query),
            new("$sort", UserSearch.Order(sort)),
            new("$limit", limit.Items + 1),
        ];
        using var users = await database
            .GetCollection<BsonDocument>(EnrollmentEntity.Collection)
            .AggregateAsync<UserDocument>(stages, cancellationToken: cancellationToken);
        var found = await users.ToListAsync(cancellationToken);
        return UserSearch.Page(found, limit, sort, total);
    }

    private async Task<UserDocument?> FindByAddressAsync(string search, bool archived, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryNormalize(search, out var address))
            return null;
        return await _users
            .Find(
                new BsonDocument
                {
                    { "role", StudentQuery.Role },
                    { UserSearch.Address, address },
                    { "archivedAt", archived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value },
                }
            )
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the filter for the enrollments of the instructor's courses. The queries use the indexes <c>ownerId_titleKey_id</c> and
    /// <c>courseId_studentId_unique</c>.
    /// </summary>
    private async Task<BsonDocument> GetEnrolledFilterAsync(ObjectId ownerId, CancellationToken cancellationToken)
    {
        var courses = await database
            .GetCollection<BsonDocument>(CourseEntity.Collection)
            .Find(new BsonDocument { { CourseFields.OwnerId, ownerId }, { CourseFields.DeletedAt, BsonNull.Value } })
            .Project(new BsonDocument(CourseFields.Id, 1))
            .ToListAsync(cancellationToken);
        return new BsonDocument
        {
            { EnrollmentFields.CourseId, new BsonDocument("$in", new BsonArray(courses.Select(course => course[CourseFields.Id]))) },
            { EnrollmentFields.DeletedAt, BsonNull.Value },
        };
    }
}
