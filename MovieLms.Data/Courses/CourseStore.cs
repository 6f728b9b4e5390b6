using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Courses;

/// <summary>
/// Reads and writes single courses. See <see cref="CourseLists"/> for lists and <see cref="Enrollments.CourseSeats"/> for seats.
/// </summary>
public sealed class CourseStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<CourseDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CourseEntity.Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(_courses, CourseLists.Indexes, cancellationToken);

    /// <summary>Returns a course, even if archived or a draft; null when it does not exist or was deleted.</summary>
    public async Task<CourseDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _courses.Find(CourseFields.Live(id)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns a course that the caller can see (published, or managed by them), even if archived; otherwise null.</summary>
    public async Task<CourseDocument?> GetVisibleAsync(ObjectId id, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses.Find(access.Visible(CourseFields.Live(id))).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns a course that the caller manages, even if archived; otherwise null.</summary>
    public async Task<CourseDocument?> GetManagedAsync(ObjectId id, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses.Find(access.Managed(CourseFields.Live(id))).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns true when the caller manages the course, even if it was deleted, and so may restore it.</summary>
    public async Task<bool> ManagesDeletedAsync(ObjectId id, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses
            .Find(access.Managed(new BsonDocument(CourseFields.Id, id)))
            .Project(new BsonDocument(CourseFields.Id, 1))
            .AnyAsync(cancellationToken);

    /// <summary>Returns true when the course exists and the caller manages it.</summary>
    public async Task<bool> CanManageAsync(ObjectId courseId, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses
            .Find(access.Managed(CourseFields.Live(courseId)))
            .Project(new BsonDocument(CourseFields.Id, 1))
            .AnyAsync(cancellationToken);

    /// <summary>Returns titles by ID. Deleted courses are left out.</summary>
    public async Task<IReadOnlyDictionary<ObjectId, string>> GetTitlesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var live = Lookups.ById(ids).Add(CourseFields.DeletedAt, BsonNull.Value);
        var found = await database
            .GetCollection<BsonDocument>(CourseEntity.Collection)
            .FieldsOfAsync(live, CourseFields.Title, cancellationToken);
        return found.ToDictionary(course => course.Id, course => course.Value.AsString);
    }

    /// <summary>Creates a course. A retry with the same <paramref name="id"/> returns the existing course.</summary>
    public async Task<CourseDocument> CreateAsync(
        ObjectId ownerId,
        CourseDetails details,
        CancellationToken cancellationToken,
        ObjectId? id = null
    )
    {
        var now = time.Now();
        var course = new CourseDocument
        {
            Id = id ?? ObjectId.GenerateNewId(),
            Title = details.Title,
            TitleKey = SearchWords.Fold(details.Title),
            Words = SearchWords.Of(details.Title),
            Description = details.Description,
            Price = details.Price,
            Currency = details.Currency,
            Capacity = details.Capacity,
            Status = details.Status,
            OwnerId = ownerId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        course = await _courses.InsertOrGetAsync(course.Id, course, cancellationToken);
        await changes.PublishAsync(Change.Written(CourseEntity.Name, course.Id));
        return course;
    }

    /// <summary>Transfers a course to another owner. The caller checks that the role of the new owner allows managing courses.</summary>
    /// <remarks>The stored version must be one of <c>versions</c>; null accepts any version.</remarks>
    /// <returns>NotFound; ReadOnly for an archived course; Stale.</returns>
    public async Task<WriteResult<OwnerChange>> TransferAsync(
        ObjectId id,
        ObjectId ownerId,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var filter = CourseFields.Open(id);
        filter.WithVersions(versions);
        var update = Builders<CourseDocument>
            .Update.Set(course => course.OwnerId, ownerId)
            .Set(course => course.UpdatedAt, now)
            .Inc(course => course.Version, 1);
        var before = await _courses.FindOneAndUpdateAsync(filter, update, cancellationToken: cancellationToken);
        if (before is not null)
        {
            var course = before with { OwnerId = ownerId, UpdatedAt = now, Version = before.Version + 1 };
            var transfer = new OwnerChange(course, before.OwnerId);
            await changes.PublishAsync(Change.Written(CourseEntity.Name, id) with { Payload = transfer });
            return transfer;
        }
        if (await GetAsync(id, cancellationToken) is not { } current)
            return WriteStatus.NotFound;
        return current.ArchivedAt is not null ? WriteStatus.ReadOnly : WriteStatus.Stale;
    }

    /// <summary>Replaces a course's details. The owner, seats and lectures stay unchanged.</summary>
    /// <remarks>Details that are null are removed. The stored version must be one of <c>versions</c>; null accepts any version.</remarks>
    /// <returns>
    /// <see cref="WriteStatus.Full"/> when more seats are in use than the new capacity allows; NotFound when the caller does not manage the
    /// course; ReadOnly for an archived course; Stale.
    /// </returns>
    public async Task<WriteResult<CourseDocument>> ReplaceAsync(
        ObjectId id,
        CourseAccess access,
        CourseDetails details,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var filter = access.Managed(CourseFields.Open(id));
        filter.WithVersions(versions);
        if (details.Capacity is { } capacity)
            filter.Add(CourseFields.ActiveEnrollments, new BsonDocument("$lte", capacity));
        var update = Builders<CourseDocument>
            .Update.Set(course => course.Title, details.Title)
            .Set(course => course.TitleKey, SearchWords.Fold(details.Title))
            .Set(course => course.Words, SearchWords.Of(details.Title))
            .Set(course => course.Price, details.Price)
            .Set(course => course.Currency, details.Currency)
            .Set(course => course.Status, details.Status)
            .Set(course => course.UpdatedAt, time.Now())
            .Inc(course => course.Version, 1);
        update = details.Description is null
            ? update.Unset(course => course.Description)
            : update.Set(course => course.Description, details.Description);
        update = details.Capacity is null
            ? update.Unset(course => course.Capacity)
            : update.Set(course => course.Capacity, details.Capacity);
        if (await _courses.FindOneAndUpdateAsync(filter, update, After, cancellationToken) is { } written)
        {
            await changes.PublishAsync(Change.Written(CourseEntity.Name, id));
            return written;
        }
        if (await GetManagedAsync(id, access, cancellationToken) is not { } current)
            return WriteStatus.NotFound;
        if (current.ArchivedAt is not null)
            return WriteStatus.ReadOnly;
        if (versions is not null && !versions.Contains(current.Version))
            return WriteStatus.Stale;
        return WriteStatus.Full;
    }
}
