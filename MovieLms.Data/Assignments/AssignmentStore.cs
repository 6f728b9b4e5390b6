using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Courses;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Assignments;

/// <summary>Stores the assignments of courses. Each write first checks that the caller manages the course.</summary>
public sealed class AssignmentStore(IMongoDatabase database, CourseStore courses, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>The only sort order: newest first.</summary>
    public const string Sort = "-createdAt";

    private static readonly FindOneAndUpdateOptions<AssignmentDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<AssignmentDocument> _assignments = database.GetCollection<AssignmentDocument>(
        AssignmentEntity.Collection
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _assignments,
            [
                Indexes.On<AssignmentDocument>(
                    "courseId_createdAt_id",
                    AssignmentFields.CourseId,
                    AssignmentFields.CreatedAt,
                    AssignmentFields.Id
                ),
                Indexes.On<AssignmentDocument>("courseId_dueAt_id", AssignmentFields.CourseId, AssignmentFields.DueAt, AssignmentFields.Id),
            ],
            cancellationToken
        );

    /// <summary>
    /// Returns one page of a course's assignments, either archived ones or the others, newest first. Uses the index
    /// <c>courseId_createdAt_id</c>.
    /// </summary>
    public async Task<Page<AssignmentDocument>> ListAsync(
        ObjectId courseId,
        bool isArchived,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument
        {
            { AssignmentFields.CourseId, courseId },
            { AssignmentFields.DeletedAt, BsonNull.Value },
            { AssignmentFields.ArchivedAt, isArchived ? new BsonDocument("$ne", BsonNull.Value) : BsonNull.Value },
        };
        var total = await _assignments.CountTotalAsync(filter, limit, cancellationToken);
        Keyset.After(filter, cursor, AssignmentFields.CreatedAt, descending: true);
        var found = await _assignments
            .Find(filter)
            .Sort(Keyset.Sort(AssignmentFields.CreatedAt, descending: true))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, assignment => (new BsonDateTime(assignment.CreatedAt.UtcDateTime), assignment.Id), total);
    }

    /// <summary>Returns an assignment of any course, or null when it does not exist or was deleted.</summary>
    public async Task<AssignmentDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _assignments
            .Find(new BsonDocument { { AssignmentFields.Id, id }, { AssignmentFields.DeletedAt, BsonNull.Value } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Creates an assignment. A retry with the same <paramref name="id"/> returns the existing assignment.</summary>
    /// <returns>NotFound when the caller does not manage the course; ReadOnly when it is archived.</returns>
    public async Task<WriteResult<AssignmentDocument>> CreateAsync(
        ObjectId courseId,
        CourseAccess access,
        AssignmentDetails details,
        CancellationToken cancellationToken,
        ObjectId? id = null
    )
    {
        if (await CheckAsync(courseId, access, cancellationToken) is var status and not WriteStatus.Done)
            return status;
        var now = time.Now();
        var assignment = new AssignmentDocument
        {
            Id = id ?? ObjectId.GenerateNewId(),
            CourseId = courseId,
            Title = details.Title,
            Description = details.Description,
            DueAt = details.DueAt,
            CreatedAt = now,
            UpdatedAt = now,
        };
        assignment = await _assignments.InsertOrGetAsync(assignment.Id, assignment, cancellationToken);
        await changes.PublishAsync(Change.Written(AssignmentEntity.Name, assignment.Id));
        return assignment;
    }

    /// <summary>Replaces an assignment's details. Existing submissions stay on time or late as before.</summary>
    /// <returns>
    /// NotFound when the caller does not manage the course or it has no such assignment; ReadOnly when either is archived; Stale.
    /// </returns>
    public async Task<WriteResult<AssignmentDocument>> ReplaceAsync(
        ObjectId courseId,
        ObjectId id,
        CourseAccess access,
        AssignmentDetails details,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (await CheckAsync(courseId, access, cancellationToken) is var status and not WriteStatus.Done)
            return status;
        var filter = AssignmentFields.Live(courseId, id).Add(AssignmentFields.ArchivedAt, BsonNull.Value);
        filter.WithVersions(versions);
        var update = Builders<AssignmentDocument>
            .Update.Set(assignment => assignment.Title, details.Title)
            .Set(assignment => assignment.UpdatedAt, time.Now())
            .Inc(assignment => assignment.Version, 1);
        update = details.Description is null
            ? update.Unset(assignment => assignment.Description)
            : update.Set(assignment => assignment.Description, details.Description);
        update = details.DueAt is null
            ? update.Unset(assignment => assignment.DueAt)
            : update.Set(assignment => assignment.DueAt, details.DueAt);
        if (await _assignments.FindOneAndUpdateAsync(filter, update, After, cancellationToken) is { } written)
        {
            await changes.PublishAsync(Change.Written(AssignmentEntity.Name, id));
            return written;
        }
        return await _assignments.Find(AssignmentFields.Live(courseId, id)).FirstOrDefaultAsync(cancellationToken) switch
        {
            null => WriteStatus.NotFound,
            { ArchivedAt: not null } => WriteStatus.ReadOnly,
            _ => WriteStatus.Stale,
        };
    }

    /// <summary>
    /// Checks whether the caller may change an assignment of the course: Done, NotFound, or ReadOnly when it or the course is archived.
    /// </summary>
    public async Task<WriteStatus> CheckAsync(ObjectId courseId, ObjectId id, CourseAccess access, CancellationToken cancellationToken)
    {
        if (await CheckAsync(courseId, access, cancellationToken) is var status and not WriteStatus.Done)
            return status;
        if (await GetAsync(id, cancellationToken) is not { } assignment || assignment.CourseId != courseId)
            return WriteStatus.NotFound;
        return assignment.ArchivedAt is null ? WriteStatus.Done : WriteStatus.ReadOnly;
    }

    /// <summary>Checks whether the caller may change the course's assignments: Done, NotFound or ReadOnly.</summary>
    public async Task<WriteStatus> CheckAsync(ObjectId courseId, CourseAccess access, CancellationToken cancellationToken) =>
        await courses.GetManagedAsync(courseId, access, cancellationToken) switch
        {
            null => WriteStatus.NotFound,
            { ArchivedAt: not null } => WriteStatus.ReadOnly,
            _ => WriteStatus.Done,
        };
}
