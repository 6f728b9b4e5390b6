namespace MovieLms.Data.Imports;

/// <summary>What the rows of an import become.</summary>
public enum ImportKind
{
    /// <summary>Movies of the catalog.</summary>
    Movies,

    /// <summary>To-dos of the user who uploaded the file.</summary>
    Todos,

    /// <summary>Enrollments in the course that is the import's subject.</summary>
    Enrollments,

    /// <summary>Grades of the submissions for the assignment that is the import's subject.</summary>
    Grades,
}

/// <summary>Where an import stands.</summary>
public enum ImportState
{
    /// <summary>The file is still being uploaded. Never visible to a client; removed by a sweep if the upload is abandoned.</summary>
    Uploading,

    /// <summary>Accepted and waiting for a worker.</summary>
    Queued,

    /// <summary>Claimed by a worker.</summary>
    Processing,

    /// <summary>Every row was either stored or reported as an error.</summary>
    Completed,

    /// <summary>The file as a whole could not be read for the stated reason.</summary>
    Failed,

    /// <summary>Canceled by its owner or an administrator. Rows that were already stored are kept.</summary>
    Canceled,
}

/// <summary>The file format of an import.</summary>
public enum ImportFormat
{
    /// <summary>Comma-separated values with a header (RFC 4180). Other delimiters are detected.</summary>
    Csv,

    /// <summary>One JSON array of objects (RFC 8259).</summary>
    Json,

    /// <summary>One JSON object per line.</summary>
    Ndjson,
}
