using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Stores uploaded imports. An import is created before its first byte is stored and queued after the last one.</summary>
public sealed class ImportStore(IMongoDatabase database, UploadStore uploads, TimeProvider clock) : IIndexedStore
{
    /// <summary>Serves the sweep of abandoned uploads.</summary>
    internal const string StateIndex = "state_1_createdAt_1";

    /// <summary>Serves a user's list, newest first.</summary>
    internal const string OwnerIndex = "ownerId_1__id_-1";

    /// <summary>Serves the workers' search for an import to claim.</summary>
    internal const string AvailableIndex = "availableAt_1__id_1";

    /// <summary>Allows one running import per user.</summary>
    internal const string RunningIndex = "runningFor_1";

    /// <summary>Limits the number of unfinished imports per user.</summary>
    internal const string SlotIndex = "ownerId_1_slot_1";

    /// <summary>Serves <see cref="OrphanedFiles"/>, which looks for the import that references a report.</summary>
    internal const string ReportIndex = "reportId_1";

    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        await indexes.AddAsync(
            _imports,
            [
                Indexes.On<ImportDocument>(StateIndex, "state", "createdAt"),
                Indexes.On<ImportDocument>(OwnerIndex, "ownerId", "-_id"),
                new CreateIndexModel<ImportDocument>(
                    Builders<ImportDocument>.IndexKeys.Ascending(import => import.AvailableAt).Ascending(import => import.Id),
                    new CreateIndexOptions<ImportDocument>
                    {
                        Name = AvailableIndex,
                        PartialFilterExpression = Builders<ImportDocument>.Filter.Exists(import => import.AvailableAt),
                    }
                ),
                new CreateIndexModel<ImportDocument>(
                    Builders<ImportDocument>.IndexKeys.Ascending(import => import.RunningFor),
                    new CreateIndexOptions
                    {
                        Name = RunningIndex,
                        Unique = true,
                        Sparse = true,
                    }
                ),
                Indexes.On<ImportDocument>(ReportIndex, "reportId"),
                new CreateIndexModel<ImportDocument>(
                    Builders<ImportDocument>.IndexKeys.Ascending(import => import.OwnerId).Ascending(import => import.Slot),
                    new CreateIndexOptions<ImportDocument>
                    {
                        Name = SlotIndex,
                        Unique = true,
                        PartialFilterExpression = Builders<ImportDocument>.Filter.Exists(import => import.Slot),
                    }
                ),
            ],
            cancellationToken
        );

    /// <summary>
    /// Records that an upload has started, so that a sweep finds it after a crash. The import occupies one of its owner's slots until
    /// it ends; a unique index prevents concurrent requests in any process from taking the same slot.
    /// </summary>
    /// <param name="id">The import's ID; a retry sends the same one.</param>
    /// <param name="kind">What the rows become.</param>
    /// <param name="ownerId">The user who uploads the file.</param>
    /// <param name="subjectId">The course or assignment that the rows belong to; null for other kinds.</param>
    /// <param name="maxOpen">Maximum number of unfinished imports of the owner.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<UploadStart> BeginUploadAsync(
        ObjectId id,
        ImportKind kind,
        ObjectId ownerId,
        ObjectId? subjectId,
        int maxOpen,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            if (await _imports.Find(i => i.Id == id && i.OwnerId == ownerId).FirstOrDefaultAsync(cancellationToken) is { } earlier)
            {
                if (earlier.State != ImportState.Uploading)
                    return new UploadStart(true, earlier);
                // An earlier attempt was interrupted: its partial file is removed first.
                await uploads.DeleteAsync(id, cancellationToken);
                return new UploadStart(true, null);
            }
            var taken = await _imports.Find(i => i.OwnerId == ownerId && i.Slot >= 0).Project(i => i.Slot).ToListAsync(cancellationToken);
            if (taken.Count >= maxOpen)
                return new UploadStart(false, null);
            var now = clock.GetUtcNow();
            var import = new ImportDocument
            {
                Id = id,
                ReportId = ObjectId.GenerateNewId(),
                Kind = kind,
                OwnerId = ownerId,
                SubjectId = subjectId,
                State = ImportState.Uploading,
                Slot = Enumerable.Range(0, maxOpen).First(slot => !taken.Contains(slot)),
                CreatedAt = now,
                UpdatedAt = now,
                TraceParent = TraceParent.Current,
            };
            if (await _imports.TryInsertAsync(import, cancellationToken))
                return new UploadStart(true, null);
            // Another request took the slot or started with the same ID: read again.
        }
    }

    /// <summary>Queues an import whose file is completely stored. Must complete before the upload is acknowledged.</summary>
    public async Task<ImportDocument> QueueAsync(ObjectId id, ImportFile file, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await _imports.FindOneAndUpdateAsync(
                Builders<ImportDocument>.Filter.Where(import => import.Id == id && import.State == ImportState.Uploading),
                Builders<ImportDocument>
                    .Update.Set(import => import.State, ImportState.Queued)
                    .Set(import => import.File, file)
                    .Set(import => import.AvailableAt, now)
                    .Set(import => import.UpdatedAt, now),
                new FindOneAndUpdateOptions<ImportDocument> { ReturnDocument = ReturnDocument.After },
                cancellationToken
            ) ?? throw new InvalidOperationException("The import was removed while its file was being uploaded.");
    }

    /// <summary>Removes a rejected or interrupted upload with its stored bytes. A queued import is kept.</summary>
    public async Task AbandonAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var unfinished = Builders<ImportDocument>.Filter.Where(import => import.Id == id && import.State == ImportState.Uploading);
        if (!await _imports.Find(unfinished).Limit(1).AnyAsync(cancellationToken))
            return;
        // The bytes are removed first: while the document exists, a sweep can repeat this.
        await uploads.DeleteAsync(id, cancellationToken);
        await _imports.DeleteOneAsync(unfinished, cancellationToken);
    }

    /// <summary>Returns an import of an owner, or of any user if the owner is null. Hides imports that are still uploading.</summary>
    public async Task<ImportDocument?> FindAsync(ObjectId id, ObjectId? ownerId, CancellationToken cancellationToken)
    {
        var filter = Builders<ImportDocument>.Filter.Where(import => import.Id == id && import.State != ImportState.Uploading);
        if (ownerId is { } owner)
            filter &= Builders<ImportDocument>.Filter.Eq(import => import.OwnerId, owner);
        return await _imports.Find(filter).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Removes up to 1,000 uploads that started before <paramref name="before"/> and never completed, with their bytes.</summary>
    /// <returns>The number of uploads removed.</returns>
    public async Task<int> SweepUploadsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var abandoned = await _imports
            .Find(import => import.State == ImportState.Uploading && import.CreatedAt < before)
            .Project(import => import.Id)
            .Limit(1_000)
            .ToListAsync(cancellationToken);
        foreach (var id in abandoned)
            await AbandonAsync(id, cancellationToken);
        return abandoned.Count;
    }
}

/// <summary>Whether a user may upload a file for an import.</summary>
/// <param name="MayUpload">False if the user has too many unfinished imports.</param>
/// <param name="Earlier">The import that an earlier attempt with the same ID has queued; the file need not be read again.</param>
public readonly record struct UploadStart(bool MayUpload, ImportDocument? Earlier);
