using MongoDB.Bson;

namespace MovieLms.Data.Imports;

/// <summary>A bulk import: its file, its progress and the lease of the worker that processes it.</summary>
public sealed record ImportDocument
{
    /// <summary>The owner of imports that MovieLms started itself. No user has this ID.</summary>
    public static ObjectId SystemOwner => ObjectId.Empty;

    /// <summary>Also the ID of the file in GridFS, so that the file of an interrupted upload can be found and deleted.</summary>
    public ObjectId Id { get; init; }

    /// <summary>The ID of the report in GridFS. It is assigned in advance so that writing the report twice yields one file.</summary>
    public ObjectId ReportId { get; init; }

    public ImportKind Kind { get; init; }

    /// <summary>The user who uploaded the file. Only this user and administrators may see the import.</summary>
    public ObjectId OwnerId { get; init; }

    /// <summary>The course or assignment that the rows belong to; absent for kinds that need none.</summary>
    public ObjectId? SubjectId { get; init; }

    public ImportState State { get; init; }

    /// <summary>Null until the file is uploaded completely.</summary>
    public ImportFile? File { get; init; }

    /// <summary>Number of rows in the file; 0 until the first pass is complete.</summary>
    public long Total { get; init; }

    public long Succeeded { get; init; }

    public long Failed { get; init; }

    /// <summary>Number of release dates that were moved back a century (docs/imports.md).</summary>
    public long Corrected { get; init; }

    /// <summary>The last row that is included in the counts. A resumed import continues after it.</summary>
    public long LastRow { get; init; }

    /// <summary>Rows per second in the current or last attempt.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>The results of the first pass, stored so that a resumed import treats the remaining rows in the same way.</summary>
    public ImportSurvey? Survey { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The trace span of the upload; null if there was none.</summary>
    public string? TraceParent { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why the import did not complete, as shown to its owner.</summary>
    public string? Reason { get; init; }

    public ImportLease? Lease { get; init; }

    /// <summary>The owner while a worker holds the import, otherwise absent. Unique: one import per user runs at a time.</summary>
    public ObjectId? RunningFor { get; init; }

    /// <summary>
    /// The import's number among its owner's imports that have not ended. Unique per owner, which limits the number of such imports.
    /// Absent when the import has ended, and for imports that were accepted before this limit existed.
    /// </summary>
    public int? Slot { get; init; }

    /// <summary>When cancellation was requested. The worker that holds the import stops at the next batch.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Number of claims since the last counted row. A limit stops the retries of a file that crashes its workers.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// When a worker may claim the import: immediately if queued, later after a failed attempt, and when the lease expires if held. Absent
    /// when the import has ended.
    /// </summary>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>Returns the import with the results of the first pass.</summary>
    public ImportDocument With(ImportSurvey survey) => this with { Survey = survey, Total = survey.Rows };

    /// <summary>Returns the import in its final state.</summary>
    public ImportDocument Ended(ImportEnd end, DateTimeOffset at) => this with { State = end.State, Reason = end.Reason, FinishedAt = at };

    /// <summary>Returns the import with more rows counted.</summary>
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
/// <param name="Name">The name that the client sent; display only.</param>
/// <param name="ContentType">The media type that the client sent; display only.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Format">The format detected from the first bytes.</param>
/// <param name="Sha256">Hexadecimal; identifies a retry with the same file.</param>
/// <param name="ChunkSize">Size in bytes of each stored chunk except the last.</param>
public sealed record ImportFile(string Name, string ContentType, long Size, ImportFormat Format, string Sha256, int ChunkSize);

/// <summary>The lease of the worker that processes an import.</summary>
/// <param name="Owner">The worker's name, new at each process start.</param>
/// <param name="ExpiresAt">When another worker may claim the import, unless the lease is renewed.</param>
/// <param name="HeartbeatAt">When the holder last renewed the lease.</param>
public sealed record ImportLease(string Owner, DateTimeOffset ExpiresAt, DateTimeOffset HeartbeatAt);

/// <summary>The results of the first pass over a file.</summary>
/// <param name="Rows">Number of rows in the file.</param>
/// <param name="NewestYear">The latest plausible release year if some dates in the file are a century off; otherwise null.</param>
public sealed record ImportSurvey(long Rows, int? NewestYear);

/// <summary>How an import ended.</summary>
/// <param name="State">Completed, failed or canceled.</param>
/// <param name="Reason">Why the import did not complete, as shown to its owner; null if it completed.</param>
public sealed record ImportEnd(ImportState State, string? Reason)
{
    /// <summary>Every row was stored or reported.</summary>
    public static ImportEnd Completed { get; } = new(ImportState.Completed, null);

    /// <summary>The owner or an administrator canceled the import.</summary>
    public static ImportEnd Canceled { get; } =
        new(ImportState.Canceled, "The import was canceled. Rows that were already stored are kept.");

    /// <summary>The file could not be imported.</summary>
    public static ImportEnd Failed(string reason) => new(ImportState.Failed, reason);
}
