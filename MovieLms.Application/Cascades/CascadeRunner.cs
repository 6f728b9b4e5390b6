using MongoDB.Bson;
using MovieLms.Data.Cascades;
using MovieLms.Data.Changes;
using MovieLms.Data.Relations;

namespace MovieLms.Application.Cascades;

/// <summary>
/// Runs an operation, level by level. It can be repeated from the start at any time: only unmarked documents are marked, and only this
/// operation's marks are removed.
/// </summary>
internal sealed class CascadeRunner(
    CascadeStore store,
    CascadeDocuments documents,
    EntityModel model,
    IEnumerable<ICascadeEffect> effects,
    TimeProvider time,
    IChangeSink changes
)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);
    private readonly ILookup<string, ICascadeEffect> _effects = effects.ToLookup(effect => effect.Entity);

    /// <summary>Marks the dependents of the root, which is already marked.</summary>
    internal async Task MarkAsync(CascadeLease lease, CancellationToken cancellationToken)
    {
        var operation = lease.Operation;
        var root = model[operation.Entity];
        await RunEffectsAsync(operation, root, [operation.RootId], cancellationToken);
        var levels = model.Levels(root);
        foreach (var child in levels)
        {
            foreach (var (parent, reference) in model.Parents(child))
            {
                if (parent == root)
                {
                    await MarkChildrenAsync(child, reference.Field, [operation.RootId]);
                }
                else if (levels.Contains(parent))
                {
                    await foreach (var ids in documents.ListMarkedAsync(parent, operation, cancellationToken))
                        await MarkChildrenAsync(child, reference.Field, ids);
                }
            }
            if (!lease.IsRepeat)
                continue;
            // An earlier attempt may have stopped after it set the marks and before it ran their effects.
            await foreach (var ids in documents.ListMarkedAsync(child, operation, cancellationToken))
                await RunEffectsAsync(operation, child, ids, cancellationToken);
        }
        await lease.EndAsync();

        async Task MarkChildrenAsync(Entity child, string field, IReadOnlyCollection<ObjectId> parents)
        {
            while (await documents.MarkNextAsync(child, field, parents, operation, cancellationToken) is { Count: > 0 } marked)
            {
                await RunEffectsAsync(operation, child, marked, cancellationToken);
                await lease.CountAsync(child.Name, marked.Count, cancellationToken);
            }
        }
    }

    /// <summary>Removes the marks of the undone operation. The root is last: it becomes visible after its dependents.</summary>
    internal async Task UnmarkAsync(CascadeLease lease, CancellationToken cancellationToken)
    {
        var operation = lease.Operation;
        var root = model[operation.Entity];
        if (operation.Undoes is { } undone)
        {
            await WaitUntilReleasedAsync(undone, cancellationToken);
            foreach (var child in model.Levels(root).Reverse())
                await UnmarkAllAsync(child, null);
        }
        await UnmarkAllAsync(root, operation.RootId);
        if (lease.IsRepeat)
            await RunEffectsOnTreeAsync(operation, root, [operation.RootId], cancellationToken);
        await lease.EndAsync();

        async Task UnmarkAllAsync(Entity entity, ObjectId? only)
        {
            while (await documents.UnmarkNextAsync(entity, operation, only, cancellationToken) is { Count: > 0 } unmarked)
            {
                await RunEffectsAsync(operation, entity, unmarked, cancellationToken);
                await lease.CountAsync(entity.Name, unmarked.Count, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Waits while a process still marks documents for the undone operation. It stops at its next chunk; if it died, its lease expires.
    /// </summary>
    private async Task WaitUntilReleasedAsync(ObjectId undone, CancellationToken cancellationToken)
    {
        while (await store.IsHeldAsync(undone, cancellationToken))
            await Task.Delay(PollInterval, time, cancellationToken);
    }

    /// <summary>
    /// Runs the effects for all documents that an earlier attempt could have unmarked: with the marks removed, nothing shows which ones it
    /// reached.
    /// </summary>
    private async Task RunEffectsOnTreeAsync(
        CascadeDocument operation,
        Entity entity,
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        await RunEffectsAsync(operation, entity, ids, cancellationToken);
        foreach (var (child, reference) in model.Children(entity))
        {
            await foreach (var below in documents.ListReferringAsync(child, reference.Field, ids, cancellationToken))
                await RunEffectsOnTreeAsync(operation, child, below, cancellationToken);
        }
    }

    private async Task RunEffectsAsync(
        CascadeDocument operation,
        Entity entity,
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        var change = new CascadeChange(operation.MarkId, operation.Kind, entity.Name, ids);
        foreach (var effect in _effects[entity.Name])
            await effect.RunAsync(change, cancellationToken);
        await changes.PublishAsync(new Change(entity.Name, change.IsGone ? ChangeKind.Removed : ChangeKind.Restored, ids));
    }
}
