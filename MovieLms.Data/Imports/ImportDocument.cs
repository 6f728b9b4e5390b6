using MongoDB.Bson;

namespace MovieLms.Data.Imports;

/// <summary>One bulk upload: its file, its progress and who works on it.</summary>
public sealed record ImportDocument
{
    /// <summary>Also the id of its file in GridFS, so that an upload cut short can be found and swept.</summary>
    public ObjectId Id { get; init; }

    /// <summary>The id that its report takes in GridFS, given beforehand so that a report made twice is one file.</summary>
    public ObjectId ReportId { get; init; }

    public ImportKind Kind { get; init; }

    /// <summary>The user who uploaded it, and who alone (with administrators) may see it.</summary>
    public ObjectId OwnerId { get; init; }

    /// <summary>What the rows belong to (a course, an assignment); absent for kinds that need none.</summary>
    public ObjectId? SubjectId { get; init; }

    public ImportState State { get; init; }

    /// <summary>Null while the file is still arriving.</summary>
    public ImportFile? File { get; init; }

    /// <summary>Rows in the file; 0 until the first pass over it is done.</summary>
    public long Total { get; init; }

    public long Succeeded { get; init; }

    public long Failed { get; init; }

    /// <summary>Release dates that were put a century back (docs/imports.md).</summary>
    public long Corrected { get; init; }

    /// <summary>The last row whose outcome is in the counts; a resumed import goes on behind it.</summary>
    public long LastRow { get; init; }

    /// <summary>Rows a second of the present or last attempt.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>What the first pass found; kept so that a resumed import judges the remaining rows alike.</summary>
    public ImportSurvey? Survey { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The span of the upload; null where nobody recorded one.</summary>
    public string? TraceParent { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed, for the user who uploaded it.</summary>
    public string? Reason { get; init; }

    public ImportLease? Lease { get; init; }

    /// <summary>The owner while a worker holds the import, else absent: unique, so that a user has one running at a time.</summary>
    public ObjectId? RunningFor { get; init; }

    /// <summary>
    /// The import's number among its owner's imports that have not ended: unique per owner, which bounds how many there are.
    /// Absent when it has ended, and for imports that were accepted before this bound existed.
    /// </summary>
    public int? Slot { get; init; }

    /// <summary>When cancellation was requested; the worker that holds the import stops at the next batch.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Claims since the last row that was counted; a file that kills its workers stops at a limit.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// From when a worker may take it: at once when queued, later after a failed attempt, and when the lease runs out while
    /// it is held. Absent when it is done.
    /// </summary>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>The import with the first pass' findings.</summary>
    public ImportDocument With(ImportSurvey survey) => this with { Survey = survey, Total = survey.Rows };

    /// <summary>The import as it will have ended.</summary>
    public ImportDocument Ended(ImportEnd end, DateTimeOffset at) => this with { State = end.State, Reason = end.Reason, FinishedAt = at };

    /// <summary>The import with some more rows counted.</summary>
    public ImportDocument With(ImportProgress counted) =>
        this with
        {
            LastRow = counted.LastRow,
            Succeeded = Succeeded + counted.Succeeded,
            Failed = Failed + counted.Failed,
            Corrected = Corrected + counted.Corrected,
            RowsPerSecond = counted.RowsPerSecond,
        };
}

/// <summary>The uploaded file.</summary>
/// <param name="Name">As the client called it; display only.</param>
/// <param name="ContentType">As the client declared it; display only.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Format">As its first bytes say.</param>
/// <param name="Sha256">Hexadecimal; tells whether a retry brings the same file.</param>
/// <param name="ChunkSize">Bytes of each staged piece but the last.</param>
public sealed record ImportFile(string Name, string ContentType, long Size, ImportFormat Format, string Sha256, int ChunkSize);

/// <summary>Whose the import is, and until when without a heartbeat.</summary>
/// <param name="Owner">The worker's own name, new at each start of the process.</param>
/// <param name="ExpiresAt">Then another worker may take it.</param>
/// <param name="HeartbeatAt">When the holder last said that it works on it.</param>
public sealed record ImportLease(string Owner, DateTimeOffset ExpiresAt, DateTimeOffset HeartbeatAt);

/// <summary>What the first pass over a file found.</summary>
/// <param name="Rows">Rows in it.</param>
/// <param name="NewestYear">The newest plausible release year when the file's dates are a century off in places; else null.</param>
public sealed record ImportSurvey(long Rows, int? NewestYear);

/// <summary>How an import ended.</summary>
/// <param name="State">Completed, failed or canceled.</param>
/// <param name="Reason">Why it did not complete, for the user who uploaded it; null for a completed one.</param>
public sealed record ImportEnd(ImportState State, string? Reason)
{
    /// <summary>Every row was stored or reported.</summary>
    public static ImportEnd Completed { get; } = new(ImportState.Completed, null);

    /// <summary>Its owner or an administrator canceled it.</summary>
    public static ImportEnd Canceled { get; } =
        new(ImportState.Canceled, "The import was canceled. Rows that were stored before are kept.");

    /// <summary>The file could not be imported.</summary>
    public static ImportEnd Failed(string reason) => new(ImportState.Failed, reason);
}
