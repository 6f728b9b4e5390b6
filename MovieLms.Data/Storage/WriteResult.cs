namespace MovieLms.Data.Storage;

/// <summary>How a write to one document ended.</summary>
public enum WriteStatus
{
    /// <summary>It was written.</summary>
    Done,

    /// <summary>There is no such document, or it is not the caller's, or it is deleted.</summary>
    NotFound,

    /// <summary>The document has another version than the caller knows (RFC 9110, section 13.1.1).</summary>
    Stale,

    /// <summary>A unique index holds such a document already.</summary>
    Duplicate,

    /// <summary>It, or what it belongs to, is archived: it may be read and not be changed.</summary>
    ReadOnly,

    /// <summary>A bound on how many there may be stands against it.</summary>
    Full,
}

/// <summary>A write's end, and the document as it stands after it.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">Null unless <paramref name="Status"/> is <see cref="WriteStatus.Done"/>.</param>
public readonly record struct WriteResult<T>(WriteStatus Status, T? Value)
    where T : class
{
    /// <summary>The written document.</summary>
    public static implicit operator WriteResult<T>(T value) => new(WriteStatus.Done, value);

    /// <summary>A write that did not happen.</summary>
    public static implicit operator WriteResult<T>(WriteStatus status) => new(status, null);
}
