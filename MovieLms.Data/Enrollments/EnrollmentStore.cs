using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Enrollments;

/// <summary>
/// Stores the enrollments of students in courses. A seat is reserved before the enrollment is written and released after it is withdrawn
/// (<see cref="CourseSeats"/>), so a course is never overbooked although there is no transaction.
/// </summary>
public sealed class EnrollmentStore(IMongoDatabase database, CourseSeats seats, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>Name of the index that prevents duplicate enrollments of a student in a course.</summary>
    internal const string StudentIndex = "courseId_studentId_unique";

    private const int MaxRetries = 40;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(25);
    private static readonly FindOneAndUpdateOptions<EnrollmentDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly UpdateDefinitionBuilder<EnrollmentDocument> Update = Builders<EnrollmentDocument>.Update;
    private readonly IMongoCollection<EnrollmentDocument> _enrollments = database.GetCollection<EnrollmentDocument>(
        EnrollmentEntity.Collection
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

    /// <summary>Enrolls a student. After a withdrawal, the same enrollment becomes active again, without its grade.</summary>
    /// <remarks>
    /// The caller checks that the student may see the course and has paid. Cancellation has no effect after the first write.
    /// </remarks>
    /// <returns>
    /// <see cref="WriteStatus.Duplicate"/> when the student is already enrolled, which a repeated request can treat as success; Full;
    /// NotFound without such a course; ReadOnly for an archived one.
    /// </returns>
    public Task<WriteResult<EnrollmentDocument>> EnrollAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken) =>
        EnrollAsync(courseId, studentId, ObjectId.GenerateNewId(), cancellationToken);

    /// <summary>
    /// Enrolls a student as the other overload does, with a given ID for a new enrollment. A repeated request recognizes its own enrollment
    /// by the ID.
    /// </summary>
    /// <inheritdoc cref="EnrollAsync(ObjectId, ObjectId, CancellationToken)"/>
    public Task<WriteResult<EnrollmentDocument>> EnrollAsync(
        ObjectId courseId,
        ObjectId studentId,
        ObjectId newId,
        CancellationToken cancellationToken
    ) => EnrollAsync(courseId, studentId, newId, null, cancellationToken);

    /// <summary>
    /// Enrolls a student once per operation. A repeated call with the same operation changes nothing and returns the enrollment, even if
    /// the student has withdrawn since.
    /// </summary>
    /// <inheritdoc cref="EnrollAsync(ObjectId, ObjectId, CancellationToken)"/>
    public Task<WriteResult<EnrollmentDocument>> EnrollOnceAsync(
        ObjectId courseId,
        ObjectId studentId,
        ObjectId operation,
        CancellationToken cancellationToken
    ) => EnrollAsync(courseId, studentId, ObjectId.GenerateNewId(), operation, cancellationToken);

    private async Task<WriteResult<EnrollmentDocument>> EnrollAsync(
        ObjectId courseId,
        ObjectId studentId,
        ObjectId newId,
        ObjectId? operation,
        CancellationToken cancellationToken
    )
    {
        for (var retries = 0; ; retries++)
        {
            var existing = await FindAsync(courseId, studentId, cancellationToken);
            if (existing is { DeletedAt: null } && existing.HasApplied(operation))
                return existing;
            if (existing is not null and not { Status: EnrollmentStatus.Withdrawn })
                return WriteStatus.Duplicate;
            // It was deleted with its student or its course.
            if (existing?.DeletedAt is not null)
                return WriteStatus.NotFound;
            if (existing?.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            // Not cancelable: a claim whose reply is lost would block the student's next attempt until it times out.
            var (status, claim) = await seats.ReserveAsync(courseId, studentId, CancellationToken.None);
            if (status is WriteStatus.Duplicate or WriteStatus.Stale && retries < MaxRetries)
            {
                // Another request, for this student or for the last seat, is between its two writes. The outcome depends on it.
                await Task.Delay(RetryDelay, time, cancellationToken);
                continue;
            }
            if (claim is null)
            {
                if (status == WriteStatus.Stale)
                    status = WriteStatus.Full;
                // The student may have taken the last seat since the first read.
                var own = status == WriteStatus.Full ? await FindAsync(courseId, studentId, cancellationToken) : null;
                return own is not null and not { Status: EnrollmentStatus.Withdrawn } ? WriteStatus.Duplicate : status;
            }
            var written = await WriteAsync(courseId, studentId, newId, operation, existing);
            var settled = await seats.SettleAsync(courseId, claim, releasesSeat: written is null);
            if (written is null)
                continue;
            await PublishAsync(written);
            return settled ? written : await KeepIfSeatAvailableAsync(written, operation);
        }
    }

    /// <summary>Withdraws a student from a course. The enrollment is kept with the status withdrawn.</summary>
    /// <remarks>
    /// The enrollment must be the student's; <c>studentId</c> is null for staff, and the caller checks that they manage the course. The
    /// stored version must be one of <c>versions</c>; null accepts any version. Cancellation has no effect after the first write.
    /// </remarks>
    /// <returns>NotFound when there is no such enrollment or it is already withdrawn; Stale; ReadOnly for an archived course.</returns>
    public Task<WriteResult<EnrollmentDocument>> WithdrawAsync(
        ObjectId id,
        ObjectId? studentId,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) => ApplyWithdrawalAsync(id, studentId, versions, null, cancellationToken);

    /// <summary>
    /// Withdraws a student from a course once per operation. A repeated call with the same operation changes nothing and returns the
    /// enrollment, even if the student has enrolled again since.
    /// </summary>
    /// <inheritdoc cref="WithdrawAsync"/>
    public async Task<WriteResult<EnrollmentDocument>> WithdrawOnceAsync(
        ObjectId courseId,
        ObjectId studentId,
        ObjectId operation,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(courseId, studentId, cancellationToken) is { } enrollment
            ? await ApplyWithdrawalAsync(enrollment.Id, studentId, null, operation, cancellationToken)
            : WriteStatus.NotFound;

    private async Task<WriteResult<EnrollmentDocument>> ApplyWithdrawalAsync(
        ObjectId id,
        ObjectId? studentId,
        IReadOnlyCollection<long>? versions,
        ObjectId? operation,
        CancellationToken cancellationToken
    )
    {
        for (var retries = 0; ; retries++)
        {
            if (await GetAsync(id, cancellationToken) is not { } existing)
                return WriteStatus.NotFound;
            if (existing.HasApplied(operation))
                return existing;
            if (existing.Status == EnrollmentStatus.Withdrawn)
                return WriteStatus.NotFound;
            if (studentId is { } owner && existing.StudentId != owner)
                return WriteStatus.NotFound;
            if (existing.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (versions is not null && !versions.Contains(existing.Version))
                return WriteStatus.Stale;
            var (status, claim) = await seats.BeginReleaseAsync(existing.CourseId, existing.StudentId, cancellationToken);
            if (claim is null && status is WriteStatus.Duplicate or WriteStatus.Stale && retries < MaxRetries)
            {
                await Task.Delay(RetryDelay, time, cancellationToken);
                continue;
            }
            if (claim is null)
                return status == WriteStatus.Duplicate ? WriteStatus.Stale : status;
            var now = time.Now();
            var withdrawn = await _enrollments.FindOneAndUpdateAsync(
                Open(id, existing.Version),
                Update
                    .Set(enrollment => enrollment.Status, EnrollmentStatus.Withdrawn)
                    .Set(enrollment => enrollment.WithdrawnAt, now)
                    .Set(enrollment => enrollment.UpdatedAt, now)
                    .Inc(enrollment => enrollment.Version, 1)
                    .Record(operation),
                After,
                CancellationToken.None
            );
            await seats.SettleAsync(existing.CourseId, claim, releasesSeat: withdrawn is not null);
            if (withdrawn is not null)
                return await PublishAsync(withdrawn);
        }
    }

    /// <summary>Changes the status and grade (0 to 100) of an enrollment that is not withdrawn; null leaves a value unchanged.</summary>
    /// <remarks>
    /// The caller checks access to the course. The status is active or completed, which both use a seat; see <see cref="WithdrawAsync"/>.
    /// The stored version must be one of <c>versions</c>; null accepts any version.
    /// </remarks>
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
        var filter = Open(id, null);
        filter.Add(EnrollmentFields.Status, new BsonDocument("$ne", EnrollmentFields.Withdrawn));
        filter.WithVersions(versions);
        if (await _enrollments.FindOneAndUpdateAsync(filter, update, After, cancellationToken) is { } written)
            return await PublishAsync(written);
        if (await GetAsync(id, cancellationToken) is not { Status: not EnrollmentStatus.Withdrawn } existing)
            return WriteStatus.NotFound;
        return existing.ArchivedAt is not null ? WriteStatus.ReadOnly : WriteStatus.Stale;
    }

    /// <summary>Returns an enrollment, or null when it does not exist or was deleted.</summary>
    public async Task<EnrollmentDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _enrollments
            .Find(new BsonDocument { { EnrollmentFields.Id, id }, { EnrollmentFields.DeletedAt, BsonNull.Value } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Returns a student's enrollment in a course, even if withdrawn or deleted; null when there is none. Uses the index
    /// <c>courseId_studentId_unique</c>.
    /// </summary>
    public async Task<EnrollmentDocument?> FindAsync(ObjectId courseId, ObjectId studentId, CancellationToken cancellationToken) =>
        await _enrollments
            .Find(new BsonDocument { { EnrollmentFields.CourseId, courseId }, { EnrollmentFields.StudentId, studentId } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Returns true when the user's enrollment in the course is active or completed, and not deleted.</summary>
    public async Task<bool> IsActiveAsync(ObjectId courseId, ObjectId userId, CancellationToken cancellationToken) =>
        await FindAsync(courseId, userId, cancellationToken) is { Status: not EnrollmentStatus.Withdrawn, DeletedAt: null };

    /// <summary>Writes the enrollment if it is unchanged since the caller read it; returns null after a concurrent change.</summary>
    private async Task<EnrollmentDocument?> WriteAsync(
        ObjectId courseId,
        ObjectId studentId,
        ObjectId newId,
        ObjectId? operation,
        EnrollmentDocument? existing
    )
    {
        var now = time.Now();
        if (existing is not null)
        {
            return await _enrollments.FindOneAndUpdateAsync(
                Open(existing.Id, existing.Version),
                Update
                    .Set(enrollment => enrollment.Status, EnrollmentStatus.Active)
                    .Set(enrollment => enrollment.EnrolledAt, now)
                    .Set(enrollment => enrollment.UpdatedAt, now)
                    .Inc(enrollment => enrollment.Version, 1)
                    .Unset(enrollment => enrollment.WithdrawnAt)
                    .Unset(enrollment => enrollment.CompletedAt)
                    .Unset(enrollment => enrollment.Grade)
                    .Record(operation),
                After,
                CancellationToken.None
            );
        }
        var created = new EnrollmentDocument
        {
            Id = newId,
            CourseId = courseId,
            StudentId = studentId,
            EnrolledAt = now,
            Operations = operation is { } given ? [given] : [],
            CreatedAt = now,
            UpdatedAt = now,
        };
        return await _enrollments.TryInsertAsync(created, CancellationToken.None) ? created : null;
    }

    /// <summary>Completes a request whose claim timed out: it keeps the seat only if the course is not overbooked.</summary>
    private async Task<WriteResult<EnrollmentDocument>> KeepIfSeatAvailableAsync(EnrollmentDocument written, ObjectId? operation)
    {
        await seats.RecountAsync(written.CourseId, CancellationToken.None);
        if (!await seats.IsOverbookedAsync(written.CourseId))
            return written;
        await WithdrawAsync(written.Id, null, null, CancellationToken.None);
        if (operation is { } undone)
        {
            var update = Update.Pull(enrollment => enrollment.Operations, undone);
            await _enrollments.UpdateOneAsync(new BsonDocument(EnrollmentFields.Id, written.Id), update);
        }

        return WriteStatus.Full;
    }

    private async Task<EnrollmentDocument> PublishAsync(EnrollmentDocument written)
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

    private static BsonDocument Open(ObjectId id, long? version)
    {
        var filter = new BsonDocument
        {
            { EnrollmentFields.Id, id },
            { EnrollmentFields.DeletedAt, BsonNull.Value },
            { EnrollmentFields.ArchivedAt, BsonNull.Value },
        };
        if (version is { } expected)
            filter.Add(EnrollmentFields.Version, expected);
        return filter;
    }
}
