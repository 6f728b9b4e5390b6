using System.Collections.Concurrent;
using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>
/// All collections by namespace. They are created and dropped under one lock, and stored in the <c>c</c> keys of the engine.
/// </summary>
internal sealed class Catalog
{
    /// <summary>Stored with an index with a collation: the version of ICU's rules for its sort keys.</summary>
    private const string SortVersion = "sortVersion";

    private const long MinReclaimBytes = 4 * 1024 * 1024;
    private const string TemporaryOption = "temp";

    private readonly StorageEngine _engine;
    private readonly ConcurrentDictionary<string, Collection> _collections = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lock _idLock = new();
    private uint _nextId;

    private Catalog(StorageEngine engine) => _engine = engine;

    public IEnumerable<Collection> Collections => _collections.Values.OrderBy(c => c.Namespace, StringComparer.Ordinal);

    /// <exception cref="EmbeddedMongoException">
    /// The folder has another storage format version, or collations but there is no ICU library.
    /// </exception>
    public static Catalog Load(StorageEngine engine)
    {
        var catalog = new Catalog(engine);
        var version = engine.Get(KeySpace.VersionKey);
        if (version is null)
        {
            using var batch = new WriteBatch();
            batch.Put(KeySpace.VersionKey, BitConverter.GetBytes(KeySpace.FormatVersion));
            engine.Write(batch);
        }
        else if (BitConverter.ToInt32(version) != KeySpace.FormatVersion)
        {
            throw new EmbeddedMongoException(
                $"The data folder has format version {BitConverter.ToInt32(version)}, but only version {KeySpace.FormatVersion} is supported."
            );
        }

        catalog._nextId = engine.Get(KeySpace.NextIdKey) is { } next ? BitConverter.ToUInt32(next) : 1;
        catalog.LoadCollections();
        foreach (var unfinished in catalog.Collections.Where(c => c.State.Options.Contains(TemporaryOption)).ToList())
            catalog.Drop(unfinished);

        return catalog;
    }

    public Collection? Find(string database, string name) => _collections.GetValueOrDefault($"{database}.{name}");

    public IEnumerable<Collection> InDatabase(string database) => Collections.Where(c => c.Database == database);

    public Collection FindOrCreate(string database, string name) => Find(database, name) ?? Create(database, name, [], failIfExists: false);

    /// <exception cref="MongoErrorException">48 NamespaceExists, 73 InvalidNamespace.</exception>
    public Collection Create(string database, string name, BsonDocument options, bool failIfExists)
    {
        Namespaces.Check(database, name);
        lock (_lock)
        {
            if (Find(database, name) is { } existing)
            {
                // Creating an existing collection with the same options succeeds in MongoDB, too.
                return failIfExists && !existing.State.Options.Equals(options)
                    ? throw new MongoErrorException(MongoErrorCodes.NamespaceExists, $"Collection {database}.{name} already exists.")
                    : existing;
            }

            return Add(database, name, [(DefineIdIndex(options), null)], options);
        }
    }

    /// <summary>
    /// Creates an empty collection for $out, which renames it at the end. Temporary collections are dropped at the next start.
    /// </summary>
    /// <param name="database">Database of the collection.</param>
    /// <param name="target">The collection whose indexes and options it has; null for only the index on _id.</param>
    public Collection CreateTemporary(string database, CollectionState? target)
    {
        lock (_lock)
        {
            return Add(
                database,
                $"tmp.agg_out.{Guid.NewGuid()}",
                target is null ? [(DefineIdIndex([]), null)] : [.. target.Indexes.Select(index => (index.Definition, index.PartialFilter))],
                new BsonDocument(TemporaryOption, true).AddRange(target?.Options ?? [])
            );
        }
    }

    public uint TakeIndexId() => ReserveIds(1);

    /// <summary>Drops a collection with its documents and indexes. Returns false if it was already dropped.</summary>
    public bool Drop(Collection collection)
    {
        lock (_lock)
        {
            lock (collection.WriteLock)
            {
                if (collection.State.Dropped)
                    return false;

                var state = collection.State;
                collection.Publish(state.AsDropped());
                _collections.TryRemove(collection.Namespace, out _);
                using var batch = new WriteBatch();
                batch.Delete(KeySpace.CatalogKey(collection.Namespace));
                DeleteContents(batch, collection, state);
                _engine.Write(batch);
                Reclaim(collection, state);
                return true;
            }
        }
    }

    /// <summary>
    /// Renames a collection and, with <paramref name="dropTarget"/>, atomically replaces the target: a reader sees either the old or the
    /// new documents.
    /// </summary>
    /// <param name="collection">The collection to rename.</param>
    /// <param name="database">New database.</param>
    /// <param name="name">New name.</param>
    /// <param name="dropTarget">Whether an existing target is dropped.</param>
    /// <param name="isExpected">Checks the target, or null if there is none, and throws to prevent the rename.</param>
    /// <exception cref="MongoErrorException">26 NamespaceNotFound, 48 NamespaceExists, 73 InvalidNamespace.</exception>
    public void Rename(Collection collection, string database, string name, bool dropTarget, Action<Collection?>? isExpected = null)
    {
        Namespaces.Check(database, name);
        lock (_lock)
        {
            var target = Find(database, name);
            if (target is not null && !dropTarget)
                throw new MongoErrorException(MongoErrorCodes.NamespaceExists, "target namespace exists");

            lock (collection.WriteLock)
                lock ((target ?? collection).WriteLock)
                {
                    isExpected?.Invoke(target);
                    var state = collection.State;
                    if (state.Dropped)
                        throw MongoErrorException.NamespaceNotFound(collection.Namespace);

                    Replace(
                        target,
                        collection,
                        new Collection(_engine, database, name, collection.Id, collection.Uuid, Keep(state), isNew: false)
                    );
                }
        }
    }

    /// <summary>Deletes all entries of an index or collection. Publish a state without it first.</summary>
    public static void DeletePrefix(WriteBatch batch, char kind, uint id)
    {
        var from = KeySpace.Prefix(kind, id);
        var to = KeySpace.Prefix(kind, id + 1);
        batch.DeleteRange(from, (ulong)from.Length, to, (ulong)to.Length);
    }

    public static void Write(WriteBatch batch, Collection collection, CollectionState state)
    {
        var entry = new BsonDocument
        {
            { "id", (long)collection.Id },
            { "uuid", new BsonBinaryData(collection.Uuid, GuidRepresentation.Standard) },
            { "options", state.Options },
            {
                "indexes",
                new BsonArray(
                    state.Indexes.Select(index => new BsonDocument
                    {
                        { "id", (long)index.Id },
                        { "definition", index.Definition },
                        { "multikey", new BsonArray(index.Multikey) },
                        { SortVersion, index.Collation?.SortVersion, index.Collation is not null },
                    })
                )
            },
        };
        batch.Put(KeySpace.CatalogKey(collection.Namespace), BsonEncoder.ToBytes(entry));
    }

    /// <summary>Frees the space of a large collection. Small ones are left to the engine's own compactions.</summary>
    private void Reclaim(Collection collection, CollectionState state)
    {
        if (collection.KnownDataSize is null or >= MinReclaimBytes)
        {
            _engine.Reclaim(KeySpace.Prefix('d', collection.Id), KeySpace.Prefix('d', collection.Id + 1));
            foreach (var index in state.Indexes)
                _engine.Reclaim(KeySpace.Prefix('i', index.Id), KeySpace.Prefix('i', index.Id + 1));
        }
    }

    private void Replace(Collection? target, Collection collection, Collection renamed)
    {
        var replaced = target?.State;
        using var batch = new WriteBatch();
        batch.Delete(KeySpace.CatalogKey(collection.Namespace));
        if (target is not null)
            DeleteContents(batch, target, replaced!);

        // Writers who find the new collection wait until it is stored.
        lock (renamed.WriteLock)
        {
            Write(batch, renamed, renamed.State);
            _collections[renamed.Namespace] = renamed;
            _collections.TryRemove(collection.Namespace, out _);

            // Readers find the new collection before the documents of the old one are deleted.
            target?.Publish(replaced!.AsDropped(renamed));
            collection.Publish(collection.State.AsDropped(renamed));
            _engine.Write(batch);
        }

        if (target is not null)
            Reclaim(target, replaced!);
    }

    /// <summary>Returns the state of a collection that is no longer temporary.</summary>
    private static CollectionState Keep(CollectionState state) =>
        state.Options.Contains(TemporaryOption)
            ? new CollectionState(state.Indexes, new BsonDocument(state.Options.Where(option => option.Name != TemporaryOption)))
            : state;

    private Collection Add(
        string database,
        string name,
        (BsonDocument Definition, MatchExpression? PartialFilter)[] indexes,
        BsonDocument options
    )
    {
        var id = ReserveIds(1 + (uint)indexes.Length);
        var specs = indexes.Select((index, i) => new IndexSpec(id + 1 + (uint)i, index.Definition, index.PartialFilter)).ToList();
        var state = new CollectionState(specs, options);
        var collection = new Collection(_engine, database, name, id, Guid.NewGuid(), state, isNew: true);
        using var batch = new WriteBatch();
        Write(batch, collection, state);
        _engine.Write(batch);
        _collections[collection.Namespace] = collection;
        return collection;
    }

    private static BsonDocument DefineIdIndex(BsonDocument options) =>
        new()
        {
            { "v", 2 },
            { "key", new BsonDocument("_id", 1) },
            { "name", IndexSpec.IdIndexName },
            { "collation", options.GetValue("collation", null), options.Contains("collation") },
        };

    private static void DeleteContents(WriteBatch batch, Collection collection, CollectionState state)
    {
        DeletePrefix(batch, 'd', collection.Id);
        foreach (var index in state.Indexes)
            DeletePrefix(batch, 'i', index.Id);
    }

    /// <summary>Reserves numbers of collections and indexes. Called with or without locks of the catalog and of collections.</summary>
    private uint ReserveIds(uint count)
    {
        lock (_idLock)
        {
            var first = _nextId;
            _nextId += count;
            using var batch = new WriteBatch();
            batch.Put(KeySpace.NextIdKey, BitConverter.GetBytes(_nextId));
            _engine.Write(batch);
            return first;
        }
    }

    private void LoadCollections()
    {
        using var view = _engine.OpenView();
        using var iterator = view.Iterate();
        for (iterator.Seek(KeySpace.CatalogPrefix); iterator.Valid() && iterator.GetKeySpan()[0] == (byte)'c'; iterator.Next())
        {
            var ns = Encoding.UTF8.GetString(iterator.GetKeySpan()[1..]);
            try
            {
                _collections[ns] = LoadCollection(ns, BsonDecoder.Decode(iterator.GetValueSpan()));
            }
            catch (MongoErrorException error)
            {
                throw new EmbeddedMongoException($"The collection {ns} cannot be opened: {error.Message}", error);
            }
        }
    }

    private Collection LoadCollection(string ns, BsonDocument entry)
    {
        var stored = entry["indexes"].AsBsonArray.Cast<BsonDocument>().ToList();
        var indexes = stored.ConvertAll(ReadIndex);
        var dot = ns.IndexOf('.', StringComparison.Ordinal);
        var collection = new Collection(
            _engine,
            ns[..dot],
            ns[(dot + 1)..],
            (uint)entry["id"].AsInt64,
            entry["uuid"].AsBsonBinaryData.ToGuid(),
            new CollectionState(indexes, entry["options"].AsBsonDocument),
            isNew: false
        );
        var outdated = indexes
            .Where((index, i) => index.Collation is { } collation && stored[i][SortVersion] != collation.SortVersion)
            .ToList();
        if (outdated.Count > 0)
            Rebuild(collection, outdated);

        return collection;
    }

    /// <exception cref="EmbeddedMongoException">Two documents have the same unique key by the rules of this ICU version.</exception>
    private void Rebuild(Collection collection, List<IndexSpec> outdated)
    {
        try
        {
            IndexBuilder.Rebuild(collection, outdated, TakeIndexId);
        }
        catch (MongoErrorException error) when (error.Code == MongoErrorCodes.DuplicateKey)
        {
            throw new EmbeddedMongoException(
                $"A unique index of the collection {collection.Namespace} cannot be rebuilt, because two of its keys are equal by the "
                    + $"rules of this version of the ICU library: {error.Message}. The data is unchanged. Use the version of ICU that the "
                    + "folder was last used with to change one of the documents or to drop the index.",
                error
            );
        }
    }

    private static IndexSpec ReadIndex(BsonDocument stored)
    {
        var definition = stored["definition"].AsBsonDocument;
        return new IndexSpec(
            (uint)stored["id"].AsInt64,
            definition,
            IndexDefinition.PartialFilter(definition),
            [.. stored["multikey"].AsBsonArray.Select(v => v.AsBoolean)]
        );
    }
}
