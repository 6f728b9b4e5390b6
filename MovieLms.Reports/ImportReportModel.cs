namespace MovieLms.Reports;

/// <summary>How an import ended.</summary>
public enum ImportOutcome
{
    /// <summary>Every row was stored or reported.</summary>
    Completed,

    /// <summary>The file could not be imported.</summary>
    Failed,

    /// <summary>The user canceled the import.</summary>
    Canceled,
}

/// <summary>The contents of an import's report.</summary>
public sealed record ImportReportModel
{
    /// <summary>The maximum number of problems that a report lists; errors.csv has all.</summary>
    public const int MaxProblems = 200;

    /// <summary>The import's ID.</summary>
    public required string Id { get; init; }
    public ImportOutcome Outcome { get; init; }

    /// <summary>The file's name; null when the upload never arrived.</summary>
    public string? FileName { get; init; }

    /// <summary>In capitals: <c>CSV</c> or <c>JSON</c>.</summary>
    public string? FileFormat { get; init; }

    /// <summary>In bytes.</summary>
    public long FileSize { get; init; }

    /// <summary>What the rows become, in the plural: <c>to-dos</c>.</summary>
    public required string RowsBecome { get; init; }

    /// <summary>The name of the user who uploaded the file.</summary>
    public required string Uploader { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public double RowsPerSecond { get; init; }

    /// <summary>Rows in the file.</summary>
    public long Total { get; init; }

    /// <summary>Rows that were stored.</summary>
    public long Succeeded { get; init; }

    /// <summary>Rows that were reported.</summary>
    public long Failed { get; init; }

    /// <summary>Rows whose release year was corrected by a century.</summary>
    public long Corrected { get; init; }

    /// <summary>Why the import failed or stopped; null when it completed.</summary>
    public string? Reason { get; init; }

    /// <summary>The first rows that were not stored.</summary>
    public IReadOnlyList<ReportedRow> Errors { get; init; } = [];

    /// <summary>The columns with the most problems, most first.</summary>
    public IReadOnlyList<ReportedColumn> ErrorsByColumn { get; init; } = [];
}

/// <summary>A row that was not stored.</summary>
/// <param name="Line">The row's line in the file, from 1.</param>
/// <param name="Problems">At least one.</param>
public sealed record ReportedRow(long Line, IReadOnlyList<ReportedProblem> Problems);

/// <summary>A problem of a row.</summary>
/// <param name="Column">The column's name; empty for the whole row.</param>
/// <param name="Value">The value in the file.</param>
/// <param name="Message">What a correct value is.</param>
public sealed record ReportedProblem(string Column, string Value, string Message);

/// <summary>The number of problems in a column; the column's name is empty for whole rows.</summary>
public sealed record ReportedColumn(string Column, long Count);
