namespace MovieLms.Data.Imports;

/// <summary>What the rows of an import become.</summary>
public enum ImportKind
{
    /// <summary>Films of the catalogue.</summary>
    Movies,

    /// <summary>To-dos of the user who uploaded the file.</summary>
    Todos,

    /// <summary>Enrollments in the course that is the import's subject.</summary>
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

    /// <summary>Canceled by its owner or an administrator. Rows that were stored before are kept.</summary>
    Canceled,
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
