using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Courses;

/// <summary>
/// The courses: reading one, writing one. Lists are in <see cref="CourseLists"/>, places in <see cref="Enrollments.CourseSeats"/>.
/// </summary>
public sealed class CourseStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private static readonly FindOneAndUpdateOptions<CourseDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CollectionNames.Courses);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(_courses, CourseLists.Indexes, cancellationToken);

    /// <summary>One course that is not deleted, archived ones and drafts too; null when there is none.</summary>
    public async Task<CourseDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _courses.Find(CourseFields.Live(id)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>One course that the caller sees (published, or managed by them), archived ones too; null when there is none.</summary>
    public async Task<CourseDocument?> GetVisibleAsync(ObjectId id, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses.Find(access.Visible(CourseFields.Live(id))).FirstOrDefaultAsync(cancellationToken);

    /// <summary>One course that the caller manages, archived ones too; null when there is none, or it is somebody else's.</summary>
    public async Task<CourseDocument?> GetManagedAsync(ObjectId id, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses.Find(access.Managed(CourseFields.Live(id))).FirstOrDefaultAsync(cancellationToken);

    /// <summary>True when the caller manages the course, a deleted one too: to restore it.</summary>
    public async Task<bool> ManagesDeletedAsync(ObjectId id, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses
            .Find(access.Managed(new BsonDocument(CourseFields.Id, id)))
            .Project(new BsonDocument(CourseFields.Id, 1))
            .AnyAsync(cancellationToken);

    /// <summary>True when the course exists and the caller manages it.</summary>
    public async Task<bool> CanManageAsync(ObjectId courseId, CourseAccess access, CancellationToken cancellationToken) =>
        await _courses
            .Find(access.Managed(CourseFields.Live(courseId)))
            .Project(new BsonDocument(CourseFields.Id, 1))
            .AnyAsync(cancellationToken);

    /// <summary>Titles by id; deleted courses are left out.</summary>
    public async Task<IReadOnlyDictionary<ObjectId, string>> TitlesAsync(
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var live = Lookups.ById(ids).Add(CourseFields.DeletedAt, BsonNull.Value);
        var found = await database
            .GetCollection<BsonDocument>(CollectionNames.Courses)
            .FieldsOfAsync(live, CourseFields.Title, cancellationToken);
        return found.ToDictionary(course => course.Id, course => course.Value.AsString);
    }

    /// <summary>Adds a course.</summary>
    public async Task<CourseDocument> CreateAsync(ObjectId ownerId, CourseDetails details, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var course = new CourseDocument
        {
            Id = ObjectId.GenerateNewId(),
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
        await _courses.InsertOneAsync(course, cancellationToken: cancellationToken);
        await changes.PublishAsync(Change.Written(CourseEntity.Name, course.Id));
        return course;
    }

    /// <summary>Gives a course another owner.</summary>
    /// <param name="id">The course.</param>
    /// <param name="ownerId">The new owner. The caller has checked that their role manages courses.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
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
        if (await GetAsync(id, cancellationToken) is not { } standing)
            return WriteStatus.NotFound;
        return standing.ArchivedAt is not null ? WriteStatus.ReadOnly : WriteStatus.Stale;
    }

    /// <summary>Replaces a course's details; owner, places and lectures stay.</summary>
    /// <param name="id">Which.</param>
    /// <param name="access">Who must manage it.</param>
    /// <param name="details">Checked against <see cref="CourseLimits"/>; an absent value is removed.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns><see cref="WriteStatus.Full"/> when more places are taken than the new capacity has; ReadOnly for an archived
    /// course.</returns>
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
        if (details.Capacity is { } most)
            filter.Add(CourseFields.ActiveEnrollments, new BsonDocument("$lte", most));
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
        if (await GetManagedAsync(id, access, cancellationToken) is not { } standing)
            return WriteStatus.NotFound;
        if (standing.ArchivedAt is not null)
            return WriteStatus.ReadOnly;
        if (versions is not null && !versions.Contains(standing.Version))
            return WriteStatus.Stale;
        return WriteStatus.Full;
    }
}
