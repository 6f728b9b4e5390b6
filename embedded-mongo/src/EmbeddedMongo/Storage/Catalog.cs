using System.Collections.Concurrent;
using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
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

    private readonly StorageEngine _engine;
    private readonly ConcurrentDictionary<string, Collection> _collections = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
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

            var id = ReserveIds(2);
            var definition = new BsonDocument
            {
                { "v", 2 },
                { "key", new BsonDocument("_id", 1) },
                { "name", IndexSpec.IdIndexName },
                { "collation", options.GetValue("collation", null), options.Contains("collation") },
            };
            var state = new CollectionState([new IndexSpec(id + 1, definition, null)], options);
            var collection = new Collection(_engine, database, name, id, Guid.NewGuid(), state, isNew: true);
            using var batch = new WriteBatch();
            Write(batch, collection, state);
            batch.Put(KeySpace.NextIdKey, BitConverter.GetBytes(_nextId));
            _engine.Write(batch);
            _collections[collection.Namespace] = collection;
            return collection;
        }
    }

    public uint TakeIndexId()
    {
        lock (_lock)
        {
            var id = ReserveIds(1);
            using var batch = new WriteBatch();
            batch.Put(KeySpace.NextIdKey, BitConverter.GetBytes(_nextId));
            _engine.Write(batch);
            return id;
        }
    }

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
                DeletePrefix(batch, 'd', collection.Id);
                foreach (var index in state.Indexes)
                    DeletePrefix(batch, 'i', index.Id);

                _engine.Write(batch);
                Reclaim(collection, state);
                return true;
            }
        }
    }

    /// <summary>Renames a collection. The target must not exist unless <paramref name="dropTarget"/> is true.</summary>
    public void Rename(Collection collection, string database, string name, bool dropTarget)
    {
        Namespaces.Check(database, name);
        lock (_lock)
        {
            if (Find(database, name) is { } target)
            {
                if (!dropTarget)
                    throw new MongoErrorException(MongoErrorCodes.NamespaceExists, "target namespace exists");

                Drop(target);
            }

            lock (collection.WriteLock)
            {
                var state = collection.State;
                var renamed = new Collection(_engine, database, name, collection.Id, collection.Uuid, state, isNew: false);
                collection.Publish(state.AsDropped());
                using var batch = new WriteBatch();
                batch.Delete(KeySpace.CatalogKey(collection.Namespace));
                Write(batch, renamed, state);
                _engine.Write(batch);
                _collections.TryRemove(collection.Namespace, out _);
                _collections[renamed.Namespace] = renamed;
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

    private uint ReserveIds(uint count)
    {
        var first = _nextId;
        _nextId += count;
        return first;
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
        var outdated = indexes.Where((index, i) => index.Collation is { } collation && stored[i][SortVersion] != collation.SortVersion);
        foreach (var index in outdated)
            IndexBuilder.Rebuild(collection, index);

        if (outdated.Any())
        {
            using var batch = new WriteBatch();
            Write(batch, collection, collection.State);
            _engine.Write(batch);
        }

        return collection;
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
