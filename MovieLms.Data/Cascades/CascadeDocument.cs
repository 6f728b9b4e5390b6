using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Cascades;

/// <summary>What an operation does to a document and its dependents.</summary>
public enum CascadeKind
{
    /// <summary>Marks them as deleted.</summary>
    Delete,

    /// <summary>Marks them as archived.</summary>
    Archive,

    /// <summary>Removes the marks of an earlier operation and no others.</summary>
    Restore,
}

/// <summary>The state of an operation.</summary>
public enum CascadeState
{
    /// <summary>Recorded. Some dependents may not have been changed yet.</summary>
    Running,

    /// <summary>All dependents were changed. A second pass is due for those that were added at the same time.</summary>
    Settling,

    /// <summary>Complete.</summary>
    Done,
}

/// <summary>The progress of an operation on the documents of one entity.</summary>
/// <param name="Entity">The entity's name.</param>
/// <param name="Changed">Number of documents marked or unmarked.</param>
public sealed record CascadeStep(string Entity, long Changed);

/// <summary>
/// An operation on a document and its dependents. It is recorded before it starts, so that it can be completed after a crash.
/// </summary>
public sealed record CascadeDocument
{
    /// <summary>The ID that the operation's marks contain.</summary>
    public ObjectId Id { get; init; }
    public CascadeKind Kind { get; init; }

    /// <summary>The entity of the root document.</summary>
    public required string Entity { get; init; }

    /// <summary>The root document, which is to be deleted, archived or restored.</summary>
    public ObjectId RootId { get; init; }

    /// <summary>The user who requested it.</summary>
    public ObjectId By { get; init; }
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>For a restore: the operation whose marks it removes. Absent if the root was deleted without an operation.</summary>
    public ObjectId? Undoes { get; init; }

    /// <summary>For a restore: the kind of marks it removes.</summary>
    public CascadeKind? UndoesKind { get; init; }

    /// <summary>The restore or purge that undid the operation. From then on the operation marks no more documents.</summary>
    public ObjectId? UndoneBy { get; init; }
    public CascadeState State { get; init; }

    /// <summary>The progress so far, one step per entity.</summary>
    public IReadOnlyList<CascadeStep> Steps { get; init; } = [];

    /// <summary>The process that holds the operation; absent if none does.</summary>
    public string? Holder { get; init; }

    /// <summary>When the holder's lease expires.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When a worker may claim the operation; absent if there is nothing to do.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Number of claims.</summary>
    public int Attempts { get; init; }
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>When MongoDB deletes the record; absent while documents may carry its marks.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The mark that the operation sets or removes.</summary>
    internal CascadeMark Mark => CascadeMark.Of(UndoesKind ?? Kind);

    /// <summary>The ID in the marks that it sets or removes; null for marks set without an operation.</summary>
    internal ObjectId? MarkId => Kind == CascadeKind.Restore ? Undoes : Id;
}

/// <summary>The names of the two fields of a mark.</summary>
/// <param name="At">The field with the time at which it was set.</param>
/// <param name="By">The field with the ID of the operation that set it.</param>
internal sealed record CascadeMark(string At, string By)
{
    internal static readonly CascadeMark Deleted = new(Lifecycle.DeletedAt, Lifecycle.DeletedBy);
    internal static readonly CascadeMark Archived = new(Lifecycle.ArchivedAt, Lifecycle.ArchivedBy);

    internal static CascadeMark Of(CascadeKind kind) => kind == CascadeKind.Archive ? Archived : Deleted;
}
