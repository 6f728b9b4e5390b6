using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Imports from the uploader's side: begun before the first byte is kept, queued when the last one is.</summary>
public sealed class ImportStore(IMongoDatabase database, UploadStore uploads, TimeProvider clock) : IIndexedStore
{
    /// <summary>Serves the sweep of uploads that died.</summary>
    internal const string StateIndex = "state_1_createdAt_1";

    /// <summary>Serves a user's list, newest first.</summary>
    internal const string OwnerIndex = "ownerId_1__id_-1";

    /// <summary>Serves the workers' look for something to do.</summary>
    internal const string AvailableIndex = "availableAt_1__id_1";

    /// <summary>Lets one import of a user run at a time.</summary>
    internal const string RunningIndex = "runningFor_1";

    /// <summary>Bounds how many imports of a user have not ended.</summary>
    internal const string SlotIndex = "ownerId_1_slot_1";

    /// <summary>Finds the import that names a report, for <see cref="OrphanedFiles"/>.</summary>
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
    /// Records that a file is about to arrive, so that a crash leaves a trace of what to sweep. The import takes a slot of its owner
    /// until it ends. A unique index keeps two requests, in whichever process, from taking the same one.
    /// </summary>
    /// <param name="id">The import's ID; a retry brings the same one.</param>
    /// <param name="kind">What the rows become.</param>
    /// <param name="ownerId">The user who uploads.</param>
    /// <param name="subjectId">What the rows belong to; null for kinds that need nothing.</param>
    /// <param name="maxOpen">Maximum number of the owner's imports that have not ended.</param>
    /// <param name="cancellationToken">The request's.</param>
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
                // An earlier try was cut short: what it left is removed first.
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
            try
            {
                await _imports.InsertOneAsync(import, cancellationToken: cancellationToken);
                return new UploadStart(true, null);
            }
            catch (MongoException e) when (e.IsDuplicateKey())
            {
                // Another request took the slot, or began with the same ID: look again.
            }
        }
    }

    /// <summary>The file is whole and kept: the import may be worked on. Must be done before the caller is told yes.</summary>
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
            ) ?? throw new InvalidOperationException("The upload was swept while it arrived.");
    }

    /// <summary>Removes an upload that was refused or cut short, with the bytes that were stored of it. One that is queued stays.</summary>
    public async Task AbandonAsync(ObjectId id, CancellationToken cancellationToken)
    {
        var dead = Builders<ImportDocument>.Filter.Where(import => import.Id == id && import.State == ImportState.Uploading);
        if (!await _imports.Find(dead).Limit(1).AnyAsync(cancellationToken))
            return;
        // The bytes first: while the document stands, a sweep can repeat this.
        await uploads.DeleteAsync(id, cancellationToken);
        await _imports.DeleteOneAsync(dead, cancellationToken);
    }

    /// <summary>An import that a client may see.</summary>
    /// <param name="id">The import.</param>
    /// <param name="ownerId">Only when it is this user's; null for whoever may see all.</param>
    /// <param name="cancellationToken">The request's.</param>
    public async Task<ImportDocument?> FindAsync(ObjectId id, ObjectId? ownerId, CancellationToken cancellationToken)
    {
        var filter = Builders<ImportDocument>.Filter.Where(import => import.Id == id && import.State != ImportState.Uploading);
        if (ownerId is { } owner)
            filter &= Builders<ImportDocument>.Filter.Eq(import => import.OwnerId, owner);
        return await _imports.Find(filter).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Removes uploads that began before <paramref name="before"/> and never ended, with their bytes.</summary>
    /// <returns>How many.</returns>
    public async Task<int> SweepUploadsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var dead = await _imports
            .Find(import => import.State == ImportState.Uploading && import.CreatedAt < before)
            .Project(import => import.Id)
            .Limit(1_000)
            .ToListAsync(cancellationToken);
        foreach (var id in dead)
            await AbandonAsync(id, cancellationToken);
        return dead.Count;
    }
}

/// <summary>Whether a user may upload a file for an import.</summary>
/// <param name="MayUpload">False when too many of the user's imports have not ended.</param>
/// <param name="Earlier">The import that an earlier try with the same ID has queued already; the file need not be read again.</param>
public readonly record struct UploadStart(bool MayUpload, ImportDocument? Earlier);
