using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Cascades;

/// <summary>What an operation does to a document and all that goes with it.</summary>
public enum CascadeKind
{
    /// <summary>Marks them as deleted.</summary>
    Delete,

    /// <summary>Marks them as archived.</summary>
    Archive,

    /// <summary>Takes away the marks of an earlier operation, and no others.</summary>
    Restore,
}

/// <summary>Where an operation stands.</summary>
public enum CascadeState
{
    /// <summary>Recorded; not every dependant was reached yet.</summary>
    Running,

    /// <summary>Every dependant was reached; a last look for those that were being added meanwhile is due.</summary>
    Settling,

    /// <summary>Nothing is left to do.</summary>
    Done,
}

/// <summary>What an operation has done to one kind of document.</summary>
/// <param name="Entity">The kind.</param>
/// <param name="Changed">Documents marked, or marks taken away.</param>
public sealed record CascadeStep(string Entity, long Changed);

/// <summary>
/// An operation on a document and all that goes with it: recorded before it begins, so that it is finished after a crash.
/// </summary>
public sealed record CascadeDocument
{
    /// <summary>Every document it marks carries this id.</summary>
    public ObjectId Id { get; init; }
    public CascadeKind Kind { get; init; }

    /// <summary>The root's entity.</summary>
    public required string Entity { get; init; }

    /// <summary>The document that was to be deleted, archived or restored.</summary>
    public ObjectId RootId { get; init; }

    /// <summary>The user who asked for it.</summary>
    public ObjectId By { get; init; }
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>Of a restore: the operation whose marks it takes away; absent when the root was deleted on its own.</summary>
    public ObjectId? Undoes { get; init; }

    /// <summary>Of a restore: which of the two marks it takes away.</summary>
    public CascadeKind? UndoesKind { get; init; }

    /// <summary>The restore, or the purge, after which this operation marks nothing any more.</summary>
    public ObjectId? UndoneBy { get; init; }
    public CascadeState State { get; init; }

    /// <summary>What was done so far, a kind of document each.</summary>
    public IReadOnlyList<CascadeStep> Steps { get; init; } = [];

    /// <summary>Who works on it; absent when nobody does.</summary>
    public string? Holder { get; init; }

    /// <summary>Then the holder is taken for dead.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>From when a worker may take it; absent when nothing is to be done.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How often somebody began to work on it.</summary>
    public int Attempts { get; init; }
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>MongoDB removes the record then; absent while marks of it may stand.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The mark it sets, or takes away.</summary>
    internal CascadeMark Mark => CascadeMark.Of(UndoesKind ?? Kind);

    /// <summary>The id that its marks carry; null for a mark that was set without an operation.</summary>
    internal ObjectId? MarkId => Kind == CascadeKind.Restore ? Undoes : Id;
}

/// <summary>The two fields of a mark.</summary>
/// <param name="At">When it was set.</param>
/// <param name="By">By which operation.</param>
internal sealed record CascadeMark(string At, string By)
{
    internal static readonly CascadeMark Deleted = new(Lifecycle.DeletedAt, Lifecycle.DeletedBy);
    internal static readonly CascadeMark Archived = new(Lifecycle.ArchivedAt, Lifecycle.ArchivedBy);

    internal static CascadeMark Of(CascadeKind kind) => kind == CascadeKind.Archive ? Archived : Deleted;
}
