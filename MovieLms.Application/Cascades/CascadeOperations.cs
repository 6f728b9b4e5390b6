using MongoDB.Bson;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Application.Cascades;

/// <summary>
/// Deletes, archives and restores a document of any entity together with its dependents, which are derived from the entities' declarations.
/// An operation is recorded before it starts. If this process dies, the Worker completes it.
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

    /// <summary>Deletes a document and its dependents. They can be restored until they are purged.</summary>
    /// <remarks>
    /// The stored version must be one of <paramref name="versions"/>; null accepts any version. Cancellation has no effect once the
    /// document itself is marked: from then on the operation always completes.
    /// </remarks>
    /// <returns>Done; NotFound if the document does not exist or is deleted; Stale if the version does not match.</returns>
    public Task<WriteStatus> DeleteAsync(
        string entity,
        ObjectId id,
        ObjectId by,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    ) => MarkAsync(CascadeKind.Delete, entity, id, by, versions, cancellationToken);

    /// <summary>
    /// Archives a document and its dependents: they become read-only and are listed only on request. Does nothing if the document is
    /// already archived.
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
    /// Undoes the deletion of a document or, if it is not deleted, its archiving. Restores exactly the documents that the operation marked,
    /// and none that were deleted or archived separately. Does nothing if the document is neither deleted nor archived.
    /// </summary>
    /// <remarks>Cancellation has no effect once the operation is recorded: from then on it always completes.</remarks>
    /// <returns>
    /// Done; NotFound if the document does not exist, is being purged or was deleted as a dependent of another document; ReadOnly if it was
    /// archived as a dependent of another document.
    /// </returns>
    public async Task<WriteStatus> RestoreAsync(string entity, ObjectId id, ObjectId by, CancellationToken cancellationToken)
    {
        if (await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root)
            return WriteStatus.NotFound;
        var kind = HasValue(root, Lifecycle.DeletedAt) ? CascadeKind.Delete : CascadeKind.Archive;
        var mark = CascadeMark.Of(kind);
        if (!HasValue(root, mark.At))
            return WriteStatus.Done;
        ObjectId? markedBy = HasValue(root, mark.By) ? root[mark.By].AsObjectId : null;
        if (
            markedBy is { } markingId
            && await _store.FindAsync(markingId, cancellationToken) is { } marking
            && (marking.RootId != id || marking.Entity != entity)
        )
        {
            return kind == CascadeKind.Delete ? WriteStatus.NotFound : WriteStatus.ReadOnly;
        }

        var holder = CreateHolder();
        var operation = await _store.BeginAsync(
            new CascadeDocument
            {
                Kind = CascadeKind.Restore,
                Entity = entity,
                RootId = id,
                By = by,
                Undoes = markedBy,
                UndoesKind = kind,
            },
            holder,
            cancellationToken
        );
        if (markedBy is { } undoneId && !await _store.TryUndoAsync(undoneId, operation.Id, CancellationToken.None))
        {
            // Another restore or purge has undone it first, or its record no longer exists. Without a record, only the marks are undone.
            if (await _store.FindAsync(undoneId, CancellationToken.None) is { UndoneBy: { } other })
            {
                await _store.DeleteAsync(operation.Id, CancellationToken.None);
                await WaitUntilReleasedAsync(other, cancellationToken);
                return await IsMarkedAsync(entity, id, mark, cancellationToken) ? WriteStatus.NotFound : WriteStatus.Done;
            }
        }
        await RunAsync(operation, holder, null);
        return WriteStatus.Done;
    }

    /// <summary>Checks whether a document can be changed or given dependents.</summary>
    /// <returns>Done if it can; NotFound if it does not exist or is deleted; ReadOnly if it is archived.</returns>
    public async Task<WriteStatus> CheckAsync(string entity, ObjectId id, CancellationToken cancellationToken)
    {
        if (await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root || HasValue(root, Lifecycle.DeletedAt))
            return WriteStatus.NotFound;
        return HasValue(root, Lifecycle.ArchivedAt) ? WriteStatus.ReadOnly : WriteStatus.Done;
    }

    /// <summary>Continues an operation whose process died, or runs the second pass of one.</summary>
    /// <returns>False if none is due.</returns>
    public async Task<bool> FinishNextAsync(CancellationToken cancellationToken)
    {
        var holder = CreateHolder();
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
            // The process died before it changed anything or reported success.
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
        if (await FindRejectionAsync(entity, id, mark, versions, cancellationToken) is { } rejection)
            return rejection;
        var holder = CreateHolder();
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
            return await FindRejectionAsync(entity, id, mark, versions, cancellationToken) ?? WriteStatus.Stale;
        }
        await RunAsync(operation, holder, _options.InlineFor);
        return WriteStatus.Done;
    }

    /// <summary>Returns the status to report if the document cannot be marked; null if it can.</summary>
    private async Task<WriteStatus?> FindRejectionAsync(
        string entity,
        ObjectId id,
        CascadeMark mark,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        if (await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root || HasValue(root, Lifecycle.DeletedAt))
            return WriteStatus.NotFound;
        if (versions is not null && !versions.Contains(root.GetValue(Lifecycle.Version, 0L).ToInt64()))
            return WriteStatus.Stale;
        return HasValue(root, mark.At) ? WriteStatus.Done : null;
    }

    /// <summary>Runs an accepted operation. It continues even if the client disconnects.</summary>
    private async Task RunAsync(CascadeDocument operation, string holder, TimeSpan? timeout)
    {
        using var activity = DataTelemetry.Source.StartActivity("cascade");
        activity
            ?.SetTag("cascade.kind", operation.Kind.ToString())
            .SetTag("cascade.entity", operation.Entity)
            .SetTag("cascade.id", operation.Id.ToString());
        var lease = new CascadeLease(_store, operation, holder, timeout);
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
            // Another process completes or undoes it.
        }
    }

    private async Task WaitUntilReleasedAsync(ObjectId operation, CancellationToken cancellationToken)
    {
        while (await _store.IsHeldAsync(operation, cancellationToken))
            await Task.Delay(TimeSpan.FromMilliseconds(25), cancellationToken);
    }

    private async Task<bool> IsMarkedAsync(string entity, ObjectId id, CascadeMark mark, CancellationToken cancellationToken) =>
        await _documents.FindAsync(_model[entity], id, cancellationToken) is not { } root || HasValue(root, mark.At);

    private static bool HasValue(BsonDocument document, string field) => document.TryGetValue(field, out var value) && !value.IsBsonNull;

    private static string CreateHolder() => Guid.NewGuid().ToString("N");
}
