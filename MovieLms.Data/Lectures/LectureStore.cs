using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Courses;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Lectures;

/// <summary>
/// Writes lectures. Their order is one list in the course, so a reordering is one write, and of two concurrent ones one wins. Each
/// write to the course checks in its filter that the caller manages the course and that it is open.
/// </summary>
public sealed class LectureStore(IMongoDatabase database, CourseStore courses, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    private const int MaxAttempts = 20;
    private static readonly FindOneAndUpdateOptions<LectureDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<LectureDocument> _lectures = database.GetCollection<LectureDocument>(LectureEntity.Collection);
    private readonly IMongoCollection<CourseDocument> _courses = database.GetCollection<CourseDocument>(CourseEntity.Collection);

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _lectures,
            [Indexes.On<LectureDocument>("courseId_startsAt_id", LectureFields.CourseId, LectureFields.StartsAt, LectureFields.Id)],
            cancellationToken
        );

    /// <summary>Adds a lecture at the end.</summary>
    /// <returns>
    /// NotFound if the caller manages no such course, ReadOnly if it is archived, Full at <see cref="LectureLimits.MaxPerCourse"/>.
    /// </returns>
    public async Task<WriteResult<LectureDocument>> CreateAsync(
        ObjectId courseId,
        CourseAccess access,
        LectureDetails details,
        CancellationToken cancellationToken,
        ObjectId? id = null
    )
    {
        var now = time.Now();
        var lecture = new LectureDocument
        {
            Id = id ?? ObjectId.GenerateNewId(),
            CourseId = courseId,
            Title = details.Title,
            Description = details.Description,
            MovieId = details.MovieId,
            StartsAt = details.StartsAt,
            DurationMinutes = details.DurationMinutes,
            CreatedAt = now,
            UpdatedAt = now,
        };
        // The position is written first: a position without a lecture is skipped, a lecture without a position would be lost.
        var filter = access.Managed(CourseFields.Open(courseId));
        filter.Add($"{CourseFields.LectureOrder}.{LectureLimits.MaxPerCourse - 1}", new BsonDocument("$exists", false));
        var added = await _courses.UpdateOneAsync(
            filter,
            Builders<CourseDocument>.Update.AddToSet(course => course.LectureOrder, lecture.Id),
            cancellationToken: cancellationToken
        );
        if (added.MatchedCount == 0)
        {
            var status = await CheckWritableAsync(courseId, access, cancellationToken);
            return status == WriteStatus.Done ? WriteStatus.Full : status;
        }
        lecture = await _lectures.InsertOrGetAsync(lecture.Id, lecture, CancellationToken.None);
        await changes.PublishAsync(Change.Written(LectureEntity.Name, lecture.Id));
        return lecture;
    }

    /// <summary>Replaces a lecture's details.</summary>
    /// <inheritdoc cref="CreateAsync"/>
    public async Task<WriteResult<LectureDocument>> ReplaceAsync(
        ObjectId courseId,
        ObjectId id,
        CourseAccess access,
        LectureDetails details,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (await CheckWritableAsync(courseId, access, cancellationToken) is var status and not WriteStatus.Done)
            return status;
        var filter = LectureFields.Live(courseId, id);
        filter.WithVersions(versions);
        var update = Builders<LectureDocument>
            .Update.Set(lecture => lecture.Title, details.Title)
            .Set(lecture => lecture.UpdatedAt, time.Now())
            .Inc(lecture => lecture.Version, 1);
        update = details.Description is null
            ? update.Unset(lecture => lecture.Description)
            : update.Set(lecture => lecture.Description, details.Description);
        update = details.MovieId is null
            ? update.Unset(lecture => lecture.MovieId)
            : update.Set(lecture => lecture.MovieId, details.MovieId);
        update = details.StartsAt is null
            ? update.Unset(lecture => lecture.StartsAt)
            : update.Set(lecture => lecture.StartsAt, details.StartsAt);
        update = details.DurationMinutes is null
            ? update.Unset(lecture => lecture.DurationMinutes)
            : update.Set(lecture => lecture.DurationMinutes, details.DurationMinutes);
        if (await _lectures.FindOneAndUpdateAsync(filter, update, After, cancellationToken) is { } written)
        {
            await changes.PublishAsync(Change.Written(LectureEntity.Name, id));
            return written;
        }
        return versions is not null && await ExistsAsync(courseId, id, cancellationToken) ? WriteStatus.Stale : WriteStatus.NotFound;
    }

    /// <summary>Reorders a course's lectures. The IDs must contain each of its lectures once.</summary>
    /// <returns>Stale if the IDs are not those of the course's current lectures, NotFound, or ReadOnly.</returns>
    public async Task<WriteStatus> ReorderAsync(
        ObjectId courseId,
        CourseAccess access,
        IReadOnlyList<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var wanted = ids.ToHashSet();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // The course is read first: a lecture that is added after this read changes the list, so the write below matches nothing.
            if (await courses.GetManagedAsync(courseId, access, cancellationToken) is not { } course)
                return WriteStatus.NotFound;
            if (course.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            var live = await _lectures
                .Find(new BsonDocument { { LectureFields.CourseId, courseId }, { LectureFields.DeletedAt, BsonNull.Value } })
                .Project(lecture => lecture.Id)
                .ToListAsync(cancellationToken);
            if (ids.Count != wanted.Count || !wanted.SetEquals(live))
                return WriteStatus.Stale;
            // A position whose lecture is not written yet stays, at the end.
            var order = ids.Concat(course.LectureOrder.Where(id => !wanted.Contains(id))).ToList();
            var unchanged = CourseFields.Open(courseId);
            unchanged.Add(CourseFields.LectureOrder, new BsonArray(course.LectureOrder));
            var written = await _courses.UpdateOneAsync(
                unchanged,
                Builders<CourseDocument>.Update.Set(stored => stored.LectureOrder, order),
                cancellationToken: cancellationToken
            );
            if (written.MatchedCount == 0)
                continue;
            await changes.PublishAsync(Change.Written(LectureEntity.Name));
            return WriteStatus.Done;
        }
        return WriteStatus.Stale;
    }

    /// <summary>Removes a deleted lecture from the order of its course.</summary>
    public Task RemoveFromOrderAsync(ObjectId courseId, ObjectId id, CancellationToken cancellationToken) =>
        _courses.UpdateOneAsync(
            new BsonDocument(CourseFields.Id, courseId),
            Builders<CourseDocument>.Update.Pull(course => course.LectureOrder, id),
            cancellationToken: cancellationToken
        );

    /// <summary>Returns a lecture of a course; null if there is none or it is deleted.</summary>
    public async Task<LectureDocument?> FindAsync(ObjectId courseId, ObjectId id, CancellationToken cancellationToken) =>
        await _lectures.Find(LectureFields.Live(courseId, id)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns true if the course has the lecture and it is not deleted.</summary>
    public async Task<bool> ExistsAsync(ObjectId courseId, ObjectId id, CancellationToken cancellationToken) =>
        await _lectures.Find(LectureFields.Live(courseId, id)).Project(new BsonDocument(LectureFields.Id, 1)).AnyAsync(cancellationToken);

    /// <summary>Checks whether the caller may change the course's lectures. Returns Done, NotFound or ReadOnly.</summary>
    public async Task<WriteStatus> CheckWritableAsync(ObjectId courseId, CourseAccess access, CancellationToken cancellationToken) =>
        await courses.GetManagedAsync(courseId, access, cancellationToken) switch
        {
            null => WriteStatus.NotFound,
            { ArchivedAt: not null } => WriteStatus.ReadOnly,
            _ => WriteStatus.Done,
        };
}
