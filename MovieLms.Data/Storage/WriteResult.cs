namespace MovieLms.Data.Storage;

/// <summary>The status of a write to a document.</summary>
public enum WriteStatus
{
    /// <summary>The document was written.</summary>
    Done,

    /// <summary>The document does not exist, is deleted, or does not belong to the caller.</summary>
    NotFound,

    /// <summary>The stored version is not one that the caller knows (RFC 9110, section 13.1.1).</summary>
    Stale,

    /// <summary>A unique index already contains such a document.</summary>
    Duplicate,

    /// <summary>The document or its parent is archived and therefore read-only.</summary>
    ReadOnly,

    /// <summary>The maximum number of documents is reached.</summary>
    Full,
}

/// <summary>The result of a write, and the document after it.</summary>
/// <param name="Status">The status of the write.</param>
/// <param name="Value">The document; null unless <paramref name="Status"/> is <see cref="WriteStatus.Done"/>.</param>
public readonly record struct WriteResult<T>(WriteStatus Status, T? Value)
    where T : class
{
    /// <summary>Returns the result of a successful write.</summary>
    public static implicit operator WriteResult<T>(T value) => new(WriteStatus.Done, value);

    /// <summary>Returns the result of a write that did not succeed.</summary>
    public static implicit operator WriteResult<T>(WriteStatus status) => new(status, null);
}
