using MongoDB.Bson;

namespace MovieLms.Data.Cascades;

/// <summary>Some documents that an operation has reached.</summary>
/// <param name="Operation">The operation whose marks the documents carry, or carried.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Entity">What kind of document they are.</param>
/// <param name="Ids">Which; at most a few hundred at a time.</param>
public sealed record CascadeChange(ObjectId? Operation, CascadeKind Kind, string Entity, IReadOnlyCollection<ObjectId> Ids)
{
    /// <summary>True when they are no longer to be seen or used.</summary>
    public bool IsGone => Kind != CascadeKind.Restore;
}

/// <summary>
/// What must follow when documents of one kind are deleted, archived or restored, beyond their marks: sums kept elsewhere,
/// sessions, a live room. It runs after the marks, at least once, perhaps again for documents that it saw before and for
/// some that did not change: so it computes from what is stored, and does not count.
/// </summary>
public interface ICascadeEffect
{
    /// <summary>The kind of document it follows.</summary>
    string Entity { get; }

    /// <summary>Brings what depends on these documents up to date. When it throws, the operation is repeated later.</summary>
    Task RunAsync(CascadeChange change, CancellationToken cancellationToken);
}
