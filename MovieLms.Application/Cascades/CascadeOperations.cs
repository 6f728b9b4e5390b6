using MongoDB.Bson;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Application.Cascades;

/// <summary>
/// Deletes, archives and restores a document with all that goes with it, whatever it is: what goes with what is read off
/// the entities' declarations. An operation is recorded before it begins and finished by the Worker if this process dies.
/// </summary>
public sealed class CascadeOperations
{
    private readonly CascadeStore _store;
    private readonly CascadeDocuments _documents;
    private readonly CascadeRunner _runner;
    private readonly EntityModel _model;
    private readonly CascadeOptions _options;

    internal CascadeOperations(
        CascadeStore store,
        CascadeDocuments documents,
        CascadeRunner runner,
        EntityModel model,
        CascadeOptions options
    ) => (_store, _documents, _runner, _model, _options) = (store, documents, runner, model, options);

    /// <summary>Deletes a document and all that goes with it; it stays stored for a restore until it is purged.</summary>
    /// <param name="entity">What kind of document it is.</param>
    /// <param name="id">Which.</param>
    /// <param name="by">The user who asks for it.</param>
    /// <param name="versions">One of these versions must be the stored one; null for any.</param>
    /// <param name="cancellationToken">Cancels it until the document itself is marked; from then on it will be finished.</param>
    /// <returns>Done, NotFound (there is none, or it is deleted) or Stale.</returns>
    public Task<WriteStatus> DeleteAsync(
        string entity,
        ObjectId id,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) => MarkAsync(CascadeKind.Delete, entity, id, by, versions, cancellationToken);

    /// <summary>
    /// Archives a document and all that goes with it: it is read-only then, and listed only on request. An archived one is left as it is.
    /// </summary>
    /// <inheritdoc cref="DeleteAsync"/>
    public Task<WriteStatus> ArchiveAsync(
        string entity,
        ObjectId id,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) => MarkAsync(CascadeKind.Archive, entity, id, by, versions, cancellationToken);

    /// <summary>
    /// Undoes the deletion of a document, or else its archiving: exactly what that operation took comes back, and nothing that was
    /// deleted or archived on its own. A document that is neither is left as it is.
    /// </summary>
    /// <param name="entity">What kind of document it is.</param>
    /// <param name="id">Which.</param>
    /// <param name="by">The user who asks for it.</param>
    /// <param name="cancellationToken">Cancels it until the operation is recorded; from then on it will be finished.</param>
    /// <returns>
    /// Done; NotFound when there is none, it is being purged, or it went with something else that is deleted; ReadOnly when it
    /// went with something else that is archived.
    /// </returns>
    public async Task<WriteStatus> RestoreAsync(string entity, ObjectId id, ObjectId by, CancellationToken cancellationToken)
    {
        if (await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root)
            return WriteStatus.NotFound;
        var kind = Has(root, Lifecycle.DeletedAt) ? CascadeKind.Delete : CascadeKind.Archive;
        var mark = CascadeMark.Of(kind);
        if (!Has(root, mark.At))
            return WriteStatus.Done;
        ObjectId? undoes = Has(root, mark.By) ? root[mark.By].AsObjectId : null;
        if (
            undoes is { } known
            && await _store.FindAsync(known, cancellationToken) is { } earlier
            && (earlier.RootId != id || earlier.Entity != entity)
        )
        {
            return kind == CascadeKind.Delete ? WriteStatus.NotFound : WriteStatus.ReadOnly;
        }

        var holder = NewHolder();
        var operation = await _store.BeginAsync(
            new CascadeDocument
            {
                Kind = CascadeKind.Restore,
                Entity = entity,
                RootId = id,
                By = by,
                Undoes = undoes,
                UndoesKind = kind,
            },
            holder,
            cancellationToken
        );
        if (undoes is { } taken && !await _store.TryUndoAsync(taken, operation.Id, CancellationToken.None))
        {
            // Somebody else restores or purges it at this moment, or its record is gone: then the marks are all there is.
            if (await _store.FindAsync(taken, CancellationToken.None) is { UndoneBy: { } other })
            {
                await _store.DeleteAsync(operation.Id, CancellationToken.None);
                await WaitForAsync(other, cancellationToken);
                return await IsMarkedAsync(entity, id, mark, cancellationToken) ? WriteStatus.NotFound : WriteStatus.Done;
            }
        }
        await RunAsync(operation, holder, null);
        return WriteStatus.Done;
    }

    /// <summary>Whether a document may be written to, or something be added to it.</summary>
    /// <returns>Done when it may; NotFound when there is none or it is deleted; ReadOnly when it is archived.</returns>
    public async Task<WriteStatus> CheckAsync(string entity, ObjectId id, CancellationToken cancellationToken)
    {
        if (await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } document || Has(document, Lifecycle.DeletedAt))
            return WriteStatus.NotFound;
        return Has(document, Lifecycle.ArchivedAt) ? WriteStatus.ReadOnly : WriteStatus.Done;
    }

    /// <summary>Goes on with one operation whose process is gone, or takes one's last look.</summary>
    /// <returns>False when none is due.</returns>
    public async Task<bool> FinishNextAsync(CancellationToken cancellationToken)
    {
        var holder = NewHolder();
        if (await _store.ClaimDueAsync(holder, cancellationToken) is not { } operation)
            return false;
        if (
            operation.Kind == CascadeKind.Restore
                ? operation.Undoes is { } undone
                    && !await _store.TryUndoAsync(undone, operation.Id, cancellationToken)
                    && await _store.FindAsync(undone, cancellationToken) is not null
                : await _documents.FindAsync(_model[operation.Entity], operation.RootId, cancellationToken) is not { } root
                    || root.GetValue(operation.Mark.By, BsonNull.Value) != operation.Id
        )
        {
            // It was cut off before it touched anything, and nobody was told that it was done.
            await _store.DeleteAsync(operation.Id, cancellationToken);
            return true;
        }
        await RunAsync(operation, holder, null);
        return true;
    }

    private async Task<WriteStatus> MarkAsync(
        CascadeKind kind,
        string entity,
        ObjectId id,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var mark = CascadeMark.Of(kind);
        var before = await WhyNotAsync(entity, id, mark, versions, cancellationToken);
        if (before is { } already)
            return already;
        var holder = NewHolder();
        var operation = await _store.BeginAsync(
            new CascadeDocument
            {
                Kind = kind,
                Entity = entity,
                RootId = id,
                By = by,
            },
            holder,
            cancellationToken
        );
        if (!await _documents.MarkRootAsync(_model[entity], operation, versions, CancellationToken.None))
        {
            await _store.DeleteAsync(operation.Id, CancellationToken.None);
            return await WhyNotAsync(entity, id, mark, versions, cancellationToken) ?? WriteStatus.Stale;
        }
        await RunAsync(operation, holder, _options.InlineFor);
        return WriteStatus.Done;
    }

    /// <summary>Null when the document can be marked.</summary>
    private async Task<WriteStatus?> WhyNotAsync(
        string entity,
        ObjectId id,
        CascadeMark mark,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root || Has(root, Lifecycle.DeletedAt))
            return WriteStatus.NotFound;
        if (versions is not null && !versions.Contains(root.GetValue(Lifecycle.Version, 0L).ToInt64()))
            return WriteStatus.Stale;
        return Has(root, mark.At) ? WriteStatus.Done : null;
    }

    /// <summary>From here on the operation is accepted: that the client leaves does not end it.</summary>
    private async Task RunAsync(CascadeDocument operation, string holder, TimeSpan? longest)
    {
        using var activity = DataTelemetry.Source.StartActivity("cascade");
        activity
            ?.SetTag("cascade.kind", operation.Kind.ToString())
            .SetTag("cascade.entity", operation.Entity)
            .SetTag("cascade.id", operation.Id.ToString());
        var lease = new CascadeLease(_store, operation, holder, longest);
        try
        {
            await (
                operation.Kind == CascadeKind.Restore
                    ? _runner.UnmarkAsync(lease, CancellationToken.None)
                    : _runner.MarkAsync(lease, CancellationToken.None)
            );
        }
        catch (CascadeStoppedException)
        {
            // Whoever has it now finishes it, or undoes it.
        }
    }

    private async Task WaitForAsync(ObjectId operation, CancellationToken cancellationToken)
    {
        while (await _store.IsHeldAsync(operation, cancellationToken))
            await Task.Delay(TimeSpan.FromMilliseconds(25), cancellationToken);
    }

    private async Task<bool> IsMarkedAsync(string entity, ObjectId id, CascadeMark mark, CancellationToken cancellationToken) =>
        await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root || Has(root, mark.At);

    private static bool Has(BsonDocument document, string field) => document.TryGetValue(field, out var value) && !value.IsBsonNull;

    private static string NewHolder() => Guid.NewGuid().ToString("N");
}
