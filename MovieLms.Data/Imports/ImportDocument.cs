using MongoDB.Bson;

namespace MovieLms.Data.Imports;

/// <summary>What the rows of an import become.</summary>
public enum ImportKind
{
    /// <summary>Films of the catalogue.</summary>
    Movies,

    /// <summary>To-dos of the user who uploaded the file.</summary>
    Todos,

    /// <summary>Enrolments in the course that is the import's subject.</summary>
    Enrollments,

    /// <summary>Grades of what was handed in for the assignment that is the import's subject.</summary>
    Grades,
}

/// <summary>Where an import stands.</summary>
public enum ImportState
{
    /// <summary>Its file is still arriving. Never shown to a client; swept when the upload dies.</summary>
    Uploading,

    /// <summary>Accepted; waits for a worker.</summary>
    Queued,

    /// <summary>A worker holds it.</summary>
    Processing,

    /// <summary>Every row was either stored or reported.</summary>
    Completed,

    /// <summary>The file as a whole could not be read; the reason says why.</summary>
    Failed,
}

/// <summary>How an import's rows are written down.</summary>
public enum ImportFormat
{
    /// <summary>Comma-separated values with a header (RFC 4180); other delimiters are detected.</summary>
    Csv,

    /// <summary>One JSON array of objects (RFC 8259).</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    Ndjson,
}

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
    public ImportDocument Ended(string? failure, DateTimeOffset at) => this with
    {
        State = failure is null ? ImportState.Completed : ImportState.Failed, Reason = failure, FinishedAt = at,
    };

    /// <summary>The import with some more rows counted.</summary>
    public ImportDocument With(ImportProgress counted) => this with
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
