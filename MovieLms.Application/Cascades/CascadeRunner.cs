using MongoDB.Bson;
using MovieLms.Data.Cascades;
using MovieLms.Data.Changes;
using MovieLms.Data.Relations;

namespace MovieLms.Application.Cascades;

/// <summary>
/// Carries an operation out, level by level. What it does can be done again from the beginning at any time: a document is
/// marked when it has no mark, and loses only this operation's mark.
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
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(25);
    private readonly ILookup<string, ICascadeEffect> _effects = effects.ToLookup(effect => effect.Entity);

    /// <summary>Marks all that goes with the root, which carries the mark already.</summary>
    internal async Task MarkAsync(CascadeLease lease, CancellationToken cancellationToken)
    {
        var operation = lease.Operation;
        var root = model[operation.Entity];
        await FollowAsync(operation, root, [operation.RootId], cancellationToken);
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
                    await foreach (var ids in documents.CarryingAsync(parent, operation, cancellationToken))
                        await MarkChildrenAsync(child, reference.Field, ids);
                }
            }
            if (!lease.IsRepeat)
                continue;
            // An earlier attempt may have ended between the marks and what follows from them.
            await foreach (var ids in documents.CarryingAsync(child, operation, cancellationToken))
                await FollowAsync(operation, child, ids, cancellationToken);
        }
        await lease.EndAsync();

        async Task MarkChildrenAsync(Entity child, string field, IReadOnlyCollection<ObjectId> parents)
        {
            while (await documents.MarkNextAsync(child, field, parents, operation, cancellationToken) is { Count: > 0 } marked)
            {
                await FollowAsync(operation, child, marked, cancellationToken);
                await lease.CountAsync(child.Name, marked.Count, cancellationToken);
            }
        }
    }

    /// <summary>Takes the marks of the undone operation away, the root's last: it is not there before all that goes with it is.</summary>
    internal async Task UnmarkAsync(CascadeLease lease, CancellationToken cancellationToken)
    {
        var operation = lease.Operation;
        var root = model[operation.Entity];
        if (operation.Undoes is { } undone)
        {
            await WaitUntilFreeAsync(undone, cancellationToken);
            foreach (var child in model.Levels(root).Reverse())
                await UnmarkAllAsync(child, null);
        }
        await UnmarkAllAsync(root, operation.RootId);
        if (lease.IsRepeat)
            await FollowAllAsync(operation, root, [operation.RootId], cancellationToken);
        await lease.EndAsync();

        async Task UnmarkAllAsync(Entity entity, ObjectId? only)
        {
            while (await documents.UnmarkNextAsync(entity, operation, only, cancellationToken) is { Count: > 0 } unmarked)
            {
                await FollowAsync(operation, entity, unmarked, cancellationToken);
                await lease.CountAsync(entity.Name, unmarked.Count, cancellationToken);
            }
        }
    }

    /// <summary>Whoever marks for the operation at this moment notices at the next chunk that it was undone; or was dead before.</summary>
    private async Task WaitUntilFreeAsync(ObjectId undone, CancellationToken cancellationToken)
    {
        while (await store.IsHeldAsync(undone, cancellationToken))
            await Task.Delay(AskEvery, time, cancellationToken);
    }

    /// <summary>
    /// Nothing carries the mark any more that would tell which documents an earlier attempt had reached: all that could have been are
    /// followed.
    /// </summary>
    private async Task FollowAllAsync(
        CascadeDocument operation,
        Entity entity,
        IReadOnlyCollection<ObjectId> ids,
        CancellationToken cancellationToken
    )
    {
        await FollowAsync(operation, entity, ids, cancellationToken);
        foreach (var (child, reference) in model.Children(entity))
        {
            await foreach (var below in documents.ReferringAsync(child, reference.Field, ids, cancellationToken))
                await FollowAllAsync(operation, child, below, cancellationToken);
        }
    }

    private async Task FollowAsync(
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
