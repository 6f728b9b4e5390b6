using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Assignments;
using MovieLms.Data.Changes;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Submissions;

/// <summary>Submissions and their grades.</summary>
public sealed class SubmissionStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>The only order: newest first.</summary>
    public const string Sort = "-createdAt";

    private static readonly FindOneAndUpdateOptions<SubmissionDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<SubmissionDocument> _submissions = database.GetCollection<SubmissionDocument>(
        SubmissionEntity.Collection
    );

    /// <inheritdoc/>
    public Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        indexes.AddAsync(
            _submissions,
            [
                Indexes.Unique<SubmissionDocument>(
                    "assignmentId_studentId_unique",
                    SubmissionFields.AssignmentId,
                    SubmissionFields.StudentId
                ),
                Indexes.On<SubmissionDocument>(
                    "assignmentId_createdAt_id",
                    SubmissionFields.AssignmentId,
                    SubmissionFields.CreatedAt,
                    SubmissionFields.Id
                ),
                Indexes.On<SubmissionDocument>("studentId_gradedAt", SubmissionFields.StudentId, SubmissionFields.GradedAt),
                // Sparse, because most submissions have no file. Used by OrphanedFiles.
                Sparse("current.fileId_1", "current.fileId"),
                Sparse("history.fileId_1", "history.fileId"),
                Indexes.On<SubmissionDocument>("courseId_grade", SubmissionFields.CourseId, SubmissionFields.Grade),
            ],
            cancellationToken
        );

    /// <summary>
    /// Returns one page of an assignment's submissions, newest first. Uses the index <c>assignmentId_createdAt_id</c>.
    /// </summary>
    public async Task<Page<SubmissionDocument>> ListAsync(
        ObjectId assignmentId,
        SubmissionFilter wanted,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument { { SubmissionFields.AssignmentId, assignmentId }, { SubmissionFields.DeletedAt, BsonNull.Value } };
        wanted.AddTo(filter);
        var total = await _submissions.CountTotalAsync(filter, limit, cancellationToken);
        Keyset.After(filter, cursor, SubmissionFields.CreatedAt, descending: true);
        var found = await _submissions
            .Find(filter)
            .Sort(Keyset.Sort(SubmissionFields.CreatedAt, descending: true))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, submission => (new BsonDateTime(submission.CreatedAt.UtcDateTime), submission.Id), total);
    }

    /// <summary>Returns a submission that is not deleted, or null.</summary>
    public async Task<SubmissionDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _submissions
            .Find(new BsonDocument { { SubmissionFields.Id, id }, { SubmissionFields.DeletedAt, BsonNull.Value } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Creates a submission, or replaces its current work and moves the previous one to the history. An existing grade is kept.
    /// </summary>
    /// <param name="assignment">The assignment. The caller must have checked that the student is enrolled in its course.</param>
    /// <param name="studentId">The student.</param>
    /// <param name="text">The text; may be null if there is a file.</param>
    /// <param name="file">A file that is already stored, or null.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>
    /// Full after <see cref="SubmissionLimits.History"/> resubmissions; NotFound if it is deleted; ReadOnly if it is archived.
    /// </returns>
    public async Task<WriteResult<SubmissionDocument>> SubmitAsync(
        AssignmentDocument assignment,
        ObjectId studentId,
        string? text,
        (ObjectId Id, string Name, long Size)? file,
        CancellationToken cancellationToken
    )
    {
        var own = new BsonDocument { { SubmissionFields.AssignmentId, assignment.Id }, { SubmissionFields.StudentId, studentId } };
        while (true)
        {
            var now = time.Now();
            var stored = await _submissions.Find(own).FirstOrDefaultAsync(cancellationToken);
            if (stored?.DeletedAt is not null)
                return WriteStatus.NotFound;
            if (stored?.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            var work = new SubmittedWork(
                (stored?.Current.Number ?? 0) + 1,
                text,
                file?.Id,
                file?.Name,
                file?.Size,
                now,
                assignment.DueAt < now
            );
            if (stored is null)
            {
                var fresh = new SubmissionDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    AssignmentId = assignment.Id,
                    CourseId = assignment.CourseId,
                    StudentId = studentId,
                    Current = work,
                    CreatedAt = now,
                    UpdatedAt = now,
                };
                if (!await _submissions.TryInsertAsync(fresh, cancellationToken))
                    continue;
                await PublishAsync(fresh);
                return fresh;
            }
            if (stored.History.Count >= SubmissionLimits.History)
                return WriteStatus.Full;
            var update = Builders<SubmissionDocument>
                .Update.Set(submission => submission.Current, work)
                .Push(submission => submission.History, stored.Current)
                .Set(submission => submission.UpdatedAt, now)
                .Inc(submission => submission.Version, 1);
            if (await _submissions.FindOneAndUpdateAsync(UnchangedFilter(stored), update, After, cancellationToken) is not { } written)
                continue;
            await PublishAsync(written);
            return written;
        }
    }

    /// <summary>Sets a grade and records the change.</summary>
    /// <param name="id">The submission. The caller must have checked that the user manages its course.</param>
    /// <param name="grade">The grade from 0 to 100.</param>
    /// <param name="feedback">The feedback; null removes existing feedback.</param>
    /// <param name="by">The user who grades.</param>
    /// <param name="versions">The accepted stored versions; null accepts any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<WriteResult<SubmissionDocument>> GradeAsync(
        ObjectId id,
        double grade,
        string? feedback,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            if (await GetAsync(id, cancellationToken) is not { } stored)
                return WriteStatus.NotFound;
            if (stored.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (versions is not null && !versions.Contains(stored.Version))
                return WriteStatus.Stale;
            if (await WriteGradeAsync(stored, grade, feedback, by, null, cancellationToken) is { } written)
                return written;
        }
    }

    /// <summary>Sets a grade from a row of an import. Does nothing if the row was already applied or would change nothing.</summary>
    /// <param name="assignmentId">The assignment. The uploader must manage its course.</param>
    /// <param name="studentId">The student.</param>
    /// <param name="grade">The grade from 0 to 100.</param>
    /// <param name="feedback">The feedback; null keeps existing feedback.</param>
    /// <param name="by">The user who uploaded the file.</param>
    /// <param name="source">The row. If an import has several rows for a student, the last one counts.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>
    /// The graded submission; NotFound without a submission; ReadOnly; Duplicate if it already has this grade from elsewhere.
    /// </returns>
    public async Task<WriteResult<SubmissionDocument>> GradeImportedAsync(
        ObjectId assignmentId,
        ObjectId studentId,
        double grade,
        string? feedback,
        ObjectId by,
        GradeSource source,
        CancellationToken cancellationToken
    )
    {
        var own = new BsonDocument
        {
            { SubmissionFields.AssignmentId, assignmentId },
            { SubmissionFields.StudentId, studentId },
            { SubmissionFields.DeletedAt, BsonNull.Value },
        };
        while (true)
        {
            if (await _submissions.Find(own).FirstOrDefaultAsync(cancellationToken) is not { } stored)
                return WriteStatus.NotFound;
            if (stored.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (stored.GradeChanges.Any(change => change.ImportId == source.ImportId && change.ImportRow >= source.Row))
                return stored;
            if (stored.Grade == grade && (feedback is null || feedback == stored.Feedback))
                return WriteStatus.Duplicate;
            if (await WriteGradeAsync(stored, grade, feedback ?? stored.Feedback, by, source, cancellationToken) is { } written)
                return written;
        }
    }

    /// <summary>
    /// Updates exactly the version that was read, so that the recorded change is the actual one. Returns null if the submission has changed
    /// since.
    /// </summary>
    private async Task<SubmissionDocument?> WriteGradeAsync(
        SubmissionDocument stored,
        double grade,
        string? feedback,
        ObjectId by,
        GradeSource? source,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var change = new GradeChange(stored.Grade, grade, stored.Feedback, by, now, source?.ImportId, source?.Row);
        var update = Builders<SubmissionDocument>
            .Update.Set(submission => submission.Grade, grade)
            .Set(submission => submission.GradedAt, now)
            .Set(submission => submission.GradedBy, by)
            .PushEach(submission => submission.GradeChanges, [change], slice: -SubmissionLimits.GradeChanges)
            .Set(submission => submission.UpdatedAt, now)
            .Inc(submission => submission.Version, 1);
        update = feedback is null
            ? update.Unset(submission => submission.Feedback)
            : update.Set(submission => submission.Feedback, feedback);
        var written = await _submissions.FindOneAndUpdateAsync(UnchangedFilter(stored), update, After, cancellationToken);
        if (written is not null)
            await PublishAsync(written);
        return written;
    }

    private Task PublishAsync(SubmissionDocument written) =>
        changes.PublishAsync(Change.Written(SubmissionEntity.Name, written.Id) with { Owners = [written.StudentId] });

    private static CreateIndexModel<SubmissionDocument> Sparse(string name, string field) =>
        new(new BsonDocument(field, 1), new CreateIndexOptions { Name = name, Sparse = true });

    private static BsonDocument UnchangedFilter(SubmissionDocument stored) =>
        new()
        {
            { SubmissionFields.Id, stored.Id },
            { SubmissionFields.Version, stored.Version },
            { SubmissionFields.DeletedAt, BsonNull.Value },
            { SubmissionFields.ArchivedAt, BsonNull.Value },
        };
}
