using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Assignments;
using MovieLms.Data.Changes;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Submissions;

/// <summary>What students hand in, and what it is worth.</summary>
public sealed class SubmissionStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>The only order: newest first.</summary>
    public const string Sort = "-createdAt";

    private static readonly FindOneAndUpdateOptions<SubmissionDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<SubmissionDocument> _submissions = database.GetCollection<SubmissionDocument>(
        CollectionNames.Submissions
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
                // For OrphanedFiles: most submissions have no file.
                Sparse("current.fileId_1", "current.fileId"),
                Sparse("history.fileId_1", "history.fileId"),
                Indexes.On<SubmissionDocument>("courseId_grade", SubmissionFields.CourseId, SubmissionFields.Grade),
            ],
            cancellationToken
        );

    /// <summary>
    /// One page of what was handed in for an assignment, newest first; of one student, or of all. Uses the index
    /// <c>assignmentId_createdAt_id</c>.
    /// </summary>
    public async Task<Page<SubmissionDocument>> ListAsync(
        ObjectId assignmentId,
        ObjectId? studentId,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument { { SubmissionFields.AssignmentId, assignmentId }, { SubmissionFields.DeletedAt, BsonNull.Value } };
        if (studentId is { } student)
            filter.Add(SubmissionFields.StudentId, student);
        Keyset.After(filter, cursor, SubmissionFields.CreatedAt, descending: true);
        var found = await _submissions
            .Find(filter)
            .Sort(Keyset.Sort(SubmissionFields.CreatedAt, descending: true))
            .Limit(limit + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, submission => (new BsonDateTime(submission.CreatedAt.UtcDateTime), submission.Id));
    }

    /// <summary>One submission that is not deleted, or null.</summary>
    public async Task<SubmissionDocument?> GetAsync(ObjectId id, CancellationToken cancellationToken) =>
        await _submissions
            .Find(new BsonDocument { { SubmissionFields.Id, id }, { SubmissionFields.DeletedAt, BsonNull.Value } })
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Hands in: the first time, or in place of what was handed in before, which becomes history. A grade stays until it is given anew.
    /// </summary>
    /// <param name="assignment">What it is for; the caller has shown that the student takes part in its course.</param>
    /// <param name="studentId">Whose it is.</param>
    /// <param name="text">May be null when there is a file.</param>
    /// <param name="file">A file that is kept already, or null.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>Full after <see cref="SubmissionLimits.History"/> changes; NotFound when it is deleted.</returns>
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
            var standing = await _submissions.Find(own).FirstOrDefaultAsync(cancellationToken);
            if (standing?.DeletedAt is not null)
                return WriteStatus.NotFound;
            if (standing?.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            var work = new SubmittedWork(
                (standing?.Current.Number ?? 0) + 1,
                text,
                file?.Id,
                file?.Name,
                file?.Size,
                now,
                assignment.DueAt < now
            );
            if (standing is null)
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
                try
                {
                    await _submissions.InsertOneAsync(fresh, cancellationToken: cancellationToken);
                    await PublishAsync(fresh);
                    return fresh;
                }
                catch (MongoException e) when (e.IsDuplicateKey())
                {
                    continue;
                }
            }
            if (standing.History.Count >= SubmissionLimits.History)
                return WriteStatus.Full;
            var update = Builders<SubmissionDocument>
                .Update.Set(submission => submission.Current, work)
                .Push(submission => submission.History, standing.Current)
                .Set(submission => submission.UpdatedAt, now)
                .Inc(submission => submission.Version, 1);
            if (await _submissions.FindOneAndUpdateAsync(Seen(standing), update, After, cancellationToken) is not { } written)
                continue;
            await PublishAsync(written);
            return written;
        }
    }

    /// <summary>Grades, and notes who changed the grade from what.</summary>
    /// <param name="id">Which; the caller has shown that they manage its course.</param>
    /// <param name="grade">0 to 100.</param>
    /// <param name="feedback">Null takes earlier feedback away.</param>
    /// <param name="by">Who grades.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
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
            if (await GetAsync(id, cancellationToken) is not { } standing)
                return WriteStatus.NotFound;
            if (standing.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (versions is not null && !versions.Contains(standing.Version))
                return WriteStatus.Stale;
            if (await WriteGradeAsync(standing, grade, feedback, by, null, cancellationToken) is { } written)
                return written;
        }
    }

    /// <summary>Grades by a row of an import. A row that has graded, or would change nothing, changes nothing.</summary>
    /// <param name="assignmentId">The assignment; whoever uploaded the file manages its course.</param>
    /// <param name="studentId">Whose work.</param>
    /// <param name="grade">0 to 100.</param>
    /// <param name="feedback">Null leaves earlier feedback.</param>
    /// <param name="by">Who uploaded the file.</param>
    /// <param name="source">The row: of one import's rows for a student, the last counts.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The graded submission; NotFound when nothing was handed in; ReadOnly; Duplicate when it was graded so already, and not by
    /// this import.</returns>
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
            if (await _submissions.Find(own).FirstOrDefaultAsync(cancellationToken) is not { } standing)
                return WriteStatus.NotFound;
            if (standing.ArchivedAt is not null)
                return WriteStatus.ReadOnly;
            if (standing.GradeChanges.Any(change => change.ImportId == source.ImportId && change.ImportRow >= source.Row))
                return standing;
            if (standing.Grade == grade && (feedback is null || feedback == standing.Feedback))
                return WriteStatus.Duplicate;
            if (await WriteGradeAsync(standing, grade, feedback ?? standing.Feedback, by, source, cancellationToken) is { } written)
                return written;
        }
    }

    /// <summary>
    /// Writes over the very version that was read, so that the change that is noted is the change that was made; null when it has changed
    /// since.
    /// </summary>
    private async Task<SubmissionDocument?> WriteGradeAsync(
        SubmissionDocument standing,
        double grade,
        string? feedback,
        ObjectId by,
        GradeSource? source,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var change = new GradeChange(standing.Grade, grade, standing.Feedback, by, now, source?.ImportId, source?.Row);
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
        var written = await _submissions.FindOneAndUpdateAsync(Seen(standing), update, After, cancellationToken);
        if (written is not null)
            await PublishAsync(written);
        return written;
    }

    private Task PublishAsync(SubmissionDocument written) =>
        changes.PublishAsync(Change.Written(SubmissionEntity.Name, written.Id) with { Owners = [written.StudentId] });

    private static CreateIndexModel<SubmissionDocument> Sparse(string name, string field) =>
        new(new BsonDocument(field, 1), new CreateIndexOptions { Name = name, Sparse = true });

    private static BsonDocument Seen(SubmissionDocument standing) =>
        new()
        {
            { SubmissionFields.Id, standing.Id },
            { SubmissionFields.Version, standing.Version },
            { SubmissionFields.DeletedAt, BsonNull.Value },
            { SubmissionFields.ArchivedAt, BsonNull.Value },
        };
}
