using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Enrollments;

/// <summary>
/// Who takes part in which course. A place is taken on the course before the enrolment is written and given back after it is
/// withdrawn (<see cref="CourseSeats"/>), so that a course is never overbooked, without a transaction.
/// </summary>
public sealed class EnrollmentStore(IMongoDatabase database, CourseSeats seats, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>Keeps a student from being enrolled in a course twice.</summary>
    internal const string StudentIndex = "courseId_studentId_unique";

    private const int MaxWaits = 40;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(25);
    private static readonly FindOneAndUpdateOptions<EnrollmentDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly UpdateDefinitionBuilder<EnrollmentDocument> Update = Builders<EnrollmentDocument>.Update;
    private readonly IMongoCollection<EnrollmentDocument> _enrollments = database.GetCollection<EnrollmentDocument>(
        CollectionNames.Enrollments
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _enrollments,
            [
                Indexes.Unique<EnrollmentDocument>(StudentIndex, EnrollmentFields.CourseId, EnrollmentFields.StudentId),
                .. EnrollmentLists.Indexes,
            ],
            cancellationToken
        );

    /// <summary>Enrols a student; after a withdrawal the same enrolment becomes active again, its grade gone.</summary>
    /// <param name="courseId">The course; whether the student may see it and has paid is the caller's to check.</param>
    /// <param name="studentId">The student.</param>
    /// <param name="cancellationToken">Stops before the first write; what is begun is finished.</param>
    /// <returns>
    /// <see cref="WriteStatus.Duplicate"/> when the student is enrolled already (a caller that repeats itself may take it for done),
    /// Full, NotFound without such a course, ReadOnly for an archived one.
    /// </returns>
    public Task<WriteResult<EnrollmentDocument>> EnrollAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken) =>
        EnrollAsync(courseId, studentId, ObjectId.GenerateNewId(), cancellationToken);

    /// <param name="newId">The id that a first enrolment takes: a repeated request knows its own by it.</param>
    /// <inheritdoc cref="EnrollAsync(ObjectId, ObjectId, CancellationToken)"/>
    public async Task<WriteResult<EnrollmentDocument>> EnrollAsync(
        ObjectId courseId,
        ObjectId studentId,
        ObjectId newId,
        CancellationToken cancellationToken
    )
    {
        for (var waited = 0; ; waited++)
        {
            var standing = await FindAsync(courseId, studentId, cancellationToken);
            if (standing is not null and not { Status: EnrollmentStatus.Withdrawn })
                return WriteStatus.Duplicate;
            // It went with its student, or with the course.
            if (standing?.DeletedAt is not null)
                return WriteStatus.NotFound;
            if (standing?.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            var (status, claim) = await seats.TakeAsync(courseId, studentId, cancellationToken);
            if (status is WriteStatus.Duplicate or WriteStatus.Stale && waited < MaxWaits)
            {
                // Another request, for this student or for the last place, is between its two writes: how it ends decides.
                await Task.Delay(Wait, time, cancellationToken);
                continue;
            }
            if (claim is null)
            {
                if (status == WriteStatus.Stale)
                    status = WriteStatus.Full;
                // The last place may be the student's own, taken since the first look.
                var own = status == WriteStatus.Full ? await FindAsync(courseId, studentId, cancellationToken) : null;
                return own is not null and not { Status: EnrollmentStatus.Withdrawn } ? WriteStatus.Duplicate : status;
            }
            var written = await WriteAsync(courseId, studentId, newId, standing);
            var settled = await seats.SettleAsync(courseId, claim, givesBack: written is null);
            if (written is null)
                continue;
            await PublishedAsync(written);
            return settled ? written : await KeepIfRoomAsync(written);
        }
    }

    /// <summary>Takes a student out of a course; the enrolment stays stored as withdrawn.</summary>
    /// <param name="id">Which enrolment.</param>
    /// <param name="studentId">The student whose it must be; null for staff, who have shown that they manage the course.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Stops before the first write; what is begun is finished.</param>
    /// <returns>NotFound when there is none or it is withdrawn already; Stale; ReadOnly for an archived course.</returns>
    public async Task<WriteResult<EnrollmentDocument>> WithdrawAsync(
        ObjectId id,
        ObjectId? studentId,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        for (var waited = 0; ; waited++)
        {
            if (await GetAsync(id, cancellationToken) is not { } standing || standing.Status == EnrollmentStatus.Withdrawn)
                return WriteStatus.NotFound;
            if (studentId is { } owner && standing.StudentId != owner)
                return WriteStatus.NotFound;
            if (standing.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (versions is not null && !versions.Contains(standing.Version))
                return WriteStatus.Stale;
            var (status, claim) = await seats.LeaveAsync(standing.CourseId, standing.StudentId, cancellationToken);
            if (claim is null && status is WriteStatus.Duplicate or WriteStatus.Stale && waited < MaxWaits)
            {
                await Task.Delay(Wait, time, cancellationToken);
                continue;
            }
            if (claim is null)
                return status == WriteStatus.Duplicate ? WriteStatus.Stale : status;
            var now = time.Now();
            var left = await _enrollments.FindOneAndUpdateAsync(
                One(id, standing.Version),
                Update
                    .Set(enrollment => enrollment.Status, EnrollmentStatus.Withdrawn)
                    .Set(enrollment => enrollment.WithdrawnAt, now)
                    .Set(enrollment => enrollment.UpdatedAt, now)
                    .Inc(enrollment => enrollment.Version, 1),
                After,
                CancellationToken.None
            );
            await seats.SettleAsync(standing.CourseId, claim, givesBack: left is not null);
            if (left is not null)
                return await PublishedAsync(left);
        }
    }

    /// <summary>Changes status (active or completed, which both take a place) and grade of an enrolment that is not withdrawn.</summary>
    /// <param name="id">Which; the caller has shown that they manage its course.</param>
    /// <param name="status">Null leaves it; never withdrawn, which is <see cref="WithdrawAsync"/>.</param>
    /// <param name="grade">0 to 100; null leaves it.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<WriteResult<EnrollmentDocument>> ChangeAsync(
        ObjectId id,
        EnrollmentStatus? status,
        double? grade,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var update = Update.Set(enrollment => enrollment.UpdatedAt, now).Inc(enrollment => enrollment.Version, 1);
        if (status is { } next)
            update = update.Set(enrollment => enrollment.Status, next);
        if (status == EnrollmentStatus.Completed)
            update = update.Set(enrollment => enrollment.CompletedAt, now);
        if (status == EnrollmentStatus.Active)
            update = update.Unset(enrollment => enrollment.CompletedAt);
        if (grade is { } value)
            update = update.Set(enrollment => enrollment.Grade, value);
        var filter = One(id, null);
        filter.Add(EnrollmentFields.Status, new BsonDocument("$ne", EnrollmentFields.Withdrawn));
        filter.WithVersions(versions);
        if (await _enrollments.FindOneAndUpdateAsync(filter, update, After, cancellationToken) is { } written)
            return await PublishedAsync(written);
        if (await GetAsync(id, cancellationToken) is not { Status: not EnrollmentStatus.Withdrawn } standing)
            return WriteStatus.NotFound;
        return standing.ArchivedAt is not null ? WriteStatus.ReadOnly : WriteStatus.Stale;
    }

    /// <summary>One enrolment that is not deleted, or null.</summary>
    public async Task<EnrollmentDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _enrollments
            .Find(new BsonDocument { { EnrollmentFields.Id, id }, { EnrollmentFields.DeletedAt, BsonNull.Value } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// A student's enrolment in a course, withdrawn ones too; null when there is none. Uses the index <c>courseId_studentId_unique</c>.
    /// </summary>
    public async Task<EnrollmentDocument?> FindAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken) =>
        await _enrollments
            .Find(new BsonDocument { { EnrollmentFields.CourseId, courseId }, { EnrollmentFields.StudentId, studentId } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>True while the user takes part in the course: enrolled, active or completed, and not deleted.</summary>
    public async Task<bool> IsActiveAsync(ObjectId courseId, ObjectId userId, CancellationToken cancellationToken) =>
        await FindAsync(courseId, userId, cancellationToken) is { Status: not EnrollmentStatus.Withdrawn, DeletedAt: null };

    /// <summary>Writes over what the caller has seen and nothing else; null when another request was first.</summary>
    private async Task<EnrollmentDocument?> WriteAsync(ObjectId courseId, ObjectId studentId, ObjectId newId, EnrollmentDocument? standing)
    {
        var now = time.Now();
        if (standing is not null)
        {
            return await _enrollments.FindOneAndUpdateAsync(
                One(standing.Id, standing.Version),
                Update
                    .Set(enrollment => enrollment.Status, EnrollmentStatus.Active)
                    .Set(enrollment => enrollment.EnrolledAt, now)
                    .Set(enrollment => enrollment.UpdatedAt, now)
                    .Inc(enrollment => enrollment.Version, 1)
                    .Unset(enrollment => enrollment.WithdrawnAt)
                    .Unset(enrollment => enrollment.CompletedAt)
                    .Unset(enrollment => enrollment.Grade),
                After,
                CancellationToken.None
            );
        }
        var fresh = new EnrollmentDocument
        {
            Id = newId,
            CourseId = courseId,
            StudentId = studentId,
            EnrolledAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        };
        try
        {
            await _enrollments.InsertOneAsync(fresh, cancellationToken: CancellationToken.None);
            return fresh;
        }
        catch (MongoException e) when (e.IsDuplicateKey())
        {
            return null;
        }
    }

    /// <summary>For a request that stood still so long that its place was given away: it keeps a place only if there is one.</summary>
    private async Task<WriteResult<EnrollmentDocument>> KeepIfRoomAsync(EnrollmentDocument written)
    {
        await seats.RecountAsync(written.CourseId, CancellationToken.None);
        if (!await seats.IsOverbookedAsync(written.CourseId))
            return written;
        await WithdrawAsync(written.Id, null, null, CancellationToken.None);
        return WriteStatus.Full;
    }

    private async Task<EnrollmentDocument> PublishedAsync(EnrollmentDocument written)
    {
        await changes.PublishAsync(
            Change.Written(EnrollmentEntity.Name, written.Id) with
            {
                Owners = [written.StudentId],
                Payload = written,
            }
        );
        return written;
    }

    private static BsonDocument One(ObjectId id, long? version)
    {
        var filter = new BsonDocument
        {
            { EnrollmentFields.Id, id },
            { EnrollmentFields.DeletedAt, BsonNull.Value },
            { EnrollmentFields.ArchivedAt, BsonNull.Value },
        };
        if (version is { } seen)
            filter.Add(EnrollmentFields.Version, seen);
        return filter;
    }
}
