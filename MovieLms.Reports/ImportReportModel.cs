namespace MovieLms.Reports;

/// <summary>The outcome of an import.</summary>
public enum ImportOutcome
{
    /// <summary>Every row was stored or rejected.</summary>
    Completed,

    /// <summary>The file could not be imported.</summary>
    Failed,

    /// <summary>The user canceled the import.</summary>
    Canceled,
}

/// <summary>The contents of an import's report.</summary>
public sealed record ImportReportModel
{
    /// <summary>Maximum number of problems in a report. errors.csv contains all.</summary>
    public const int MaxProblems = 200;

    public required string Id { get; init; }

    /// <summary>The address of the page that shows the import and all rejected rows; null if there is none.</summary>
    public string? PageUrl { get; init; }
    public ImportOutcome Outcome { get; init; }

    /// <summary>The file's name; null if the upload was not completed.</summary>
    public string? FileName { get; init; }

    /// <summary>The file's format in uppercase, such as <c>CSV</c> or <c>JSON</c>.</summary>
    public string? FileFormat { get; init; }

    /// <summary>The file's size in bytes.</summary>
    public long FileSize { get; init; }

    /// <summary>The kind of the imported entities, in the plural, such as <c>to-dos</c>.</summary>
    public required string ImportedAs { get; init; }

    /// <summary>The name of the user who uploaded the file.</summary>
    public required string Uploader { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public double RowsPerSecond { get; init; }

    /// <summary>The number of rows in the file.</summary>
    public long Total { get; init; }

    /// <summary>The number of stored rows.</summary>
    public long Succeeded { get; init; }

    /// <summary>The number of rejected rows.</summary>
    public long Failed { get; init; }

    /// <summary>The number of rows whose release year was corrected by a century.</summary>
    public long Corrected { get; init; }

    /// <summary>The reason why the import failed or was canceled; null if it completed.</summary>
    public string? Reason { get; init; }

    /// <summary>The first rejected rows.</summary>
    public IReadOnlyList<ReportedRow> Errors { get; init; } = [];

    /// <summary>The columns with the most problems, most first.</summary>
    public IReadOnlyList<ReportedColumn> ErrorsByColumn { get; init; } = [];
}

/// <summary>A rejected row.</summary>
/// <param name="Line">The line number of the row in the file, starting at 1.</param>
/// <param name="Problems">The problems of the row, at least one.</param>
public sealed record ReportedRow(long Line, IReadOnlyList<ReportedProblem> Problems);

/// <summary>A problem of a row.</summary>
/// <param name="Column">The column's name; empty for the whole row.</param>
/// <param name="Value">The value in the file.</param>
/// <param name="Message">A description of the correct value.</param>
public sealed record ReportedProblem(string Column, string Value, string Message);

/// <summary>The number of problems in a column. The column's name is empty for whole rows.</summary>
public sealed record ReportedColumn(string Column, long Count);
