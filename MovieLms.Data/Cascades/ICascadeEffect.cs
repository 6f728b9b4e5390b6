using MongoDB.Bson;

namespace MovieLms.Data.Cascades;

/// <summary>A chunk of the documents that an operation has marked or unmarked.</summary>
/// <param name="Operation">The operation whose marks the documents carry or carried; null for marks set without one.</param>
/// <param name="Kind">What the operation does.</param>
/// <param name="Entity">The documents' entity.</param>
/// <param name="Ids">The documents' IDs, at most one chunk.</param>
public sealed record CascadeChange(ObjectId? Operation, CascadeKind Kind, string Entity, IReadOnlyCollection<ObjectId> Ids)
{
    /// <summary>True if the documents were deleted or archived.</summary>
    public bool IsGone => Kind != CascadeKind.Restore;
}

/// <summary>
/// An effect of deleting, archiving or restoring documents of one entity, beyond their marks. Examples: updating totals stored
/// elsewhere, ending sessions, closing a live room. It runs after the marks change, at least once per document. It may run again, also for
/// unchanged documents, so it must compute results from the stored state instead of incrementing counters.
/// </summary>
public interface ICascadeEffect
{
    /// <summary>The entity whose documents it handles.</summary>
    string Entity { get; }

    /// <summary>Updates the data that depends on these documents. If it throws, the operation is repeated later.</summary>
    Task RunAsync(CascadeChange change, CancellationToken cancellationToken);
}
