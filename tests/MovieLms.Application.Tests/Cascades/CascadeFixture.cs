using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Cascades;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Application.Tests.Cascades;

/// <summary>
/// A document of an entity that exists only in these tests: a box on a shelf, an item in a box, or a label that belongs to an item and a
/// shelf.
/// </summary>
public sealed record Thing
{
    public ObjectId Id { get; init; }
    public ObjectId? ParentId { get; init; }
    public ObjectId? ShelfId { get; init; }
    public ObjectId? FileId { get; init; }
    public long Version { get; init; } = 1;
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public ObjectId? DeletedBy { get; init; }
    public DateTimeOffset? ArchivedAt { get; init; }
    public ObjectId? ArchivedBy { get; init; }
}

/// <summary>The product's stores with four more entities and small chunks. The final pass of a cascade is due at once.</summary>
public sealed class CascadeFixture : IAsyncLifetime
{
    public const string Shelf = "shelf",
        Box = "box",
        Item = "item",
        Label = "label";
    private static readonly string[] Volatile = ["version", "updatedAt"];

    public DataFixture Data { get; } =
        new()
        {
            Configure = services =>
                services
                    .AddSingleton(
                        new CascadeOptions
                        {
                            ChunkSize = 7,
                            Lease = TimeSpan.FromSeconds(2),
                            SettleAfter = TimeSpan.Zero,
                        }
                    )
                    .AddSingleton<FailingEffect>()
                    .AddSingleton<ICascadeEffect>(provider => provider.GetRequiredService<FailingEffect>())
                    .AddEntity(new Entity(Shelf, "shelves", typeof(Thing)))
                    .AddEntity(
                        new Entity(Box, "boxes", typeof(Thing))
                        {
                            References = [new("parentId", Shelf, OnDelete.Cascade)],
                            Files = ["fileId"],
                        }
                    )
                    .AddEntity(new Entity(Item, "items", typeof(Thing)) { References = [new("parentId", Box, OnDelete.Cascade)] })
                    .AddEntity(
                        new Entity(Label, "labels", typeof(Thing))
                        {
                            References = [new("parentId", Item, OnDelete.Cascade), new("shelfId", Shelf, OnDelete.Cascade)],
                        }
                    ),
        };

    public CascadeOperations Cascades => Data.Get<CascadeOperations>();

    public ValueTask InitializeAsync() => Data.InitializeAsync();

    public ValueTask DisposeAsync() => Data.DisposeAsync();

    public IMongoCollection<Thing> Things(string entity) => Data.Database.GetCollection<Thing>(Data.Get<EntityModel>()[entity].Collection);

    /// <summary>Adds documents of an entity.</summary>
    public async Task<ObjectId[]> AddAsync(string entity, int count, ObjectId? parent = null, ObjectId? shelf = null)
    {
        var things = Enumerable
            .Range(0, count)
            .Select(_ => new Thing
            {
                Id = ObjectId.GenerateNewId(),
                ParentId = parent,
                ShelfId = shelf,
            })
            .ToArray();
        await Things(entity).InsertManyAsync(things);
        return [.. things.Select(thing => thing.Id)];
    }

    /// <summary>Adds a shelf with two boxes of ten items, each with a label.</summary>
    public async Task<ObjectId> AddShelfAsync()
    {
        var shelf = (await AddAsync(Shelf, 1))[0];
        foreach (var box in await AddAsync(Box, 2, shelf))
        {
            foreach (var item in await AddAsync(Item, 10, box))
                await AddAsync(Label, 1, item, shelf);
        }

        return shelf;
    }

    public Task<WriteStatus> DeleteAsync(string entity, ObjectId id) =>
        Cascades.DeleteAsync(entity, id, ObjectId.GenerateNewId(), null, default);

    public Task<WriteStatus> ArchiveAsync(string entity, ObjectId id) =>
        Cascades.ArchiveAsync(entity, id, ObjectId.GenerateNewId(), null, default);

    public Task<WriteStatus> RestoreAsync(string entity, ObjectId id) =>
        Cascades.RestoreAsync(entity, id, ObjectId.GenerateNewId(), default);

    public Task<Thing> GetAsync(string entity, ObjectId id) => Things(entity).Find(thing => thing.Id == id).SingleAsync();

    /// <summary>Counts documents of an entity that are neither deleted nor archived.</summary>
    public Task<long> CountLiveAsync(string entity) => Things(entity).CountDocumentsAsync(Lifecycle.Live());

    /// <summary>Counts live shelves, boxes, items and labels.</summary>
    public async Task<(long, long, long, long)> CountLiveAsync() =>
        (await CountLiveAsync(Shelf), await CountLiveAsync(Box), await CountLiveAsync(Item), await CountLiveAsync(Label));

    /// <summary>Completes all pending cascades, including their final passes.</summary>
    public async Task FinishAsync()
    {
        while (await Cascades.FinishNextAsync(default)) { }
    }

    /// <summary>
    /// Returns every document of every collection except the cascade records, without versions and modification times.
    /// </summary>
    public static async Task<SortedDictionary<string, byte[]>> SnapshotAsync(IMongoDatabase database, params string[] without)
    {
        var documents = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            if (name == CollectionNames.Cascades || name.StartsWith("system.", StringComparison.Ordinal))
                continue;
            foreach (var document in await database.GetCollection<BsonDocument>(name).Find(new BsonDocument()).ToListAsync())
            {
                foreach (var field in Volatile.Concat(without))
                    document.Remove(field);
                documents.Add($"{name}/{document["_id"]}", document.ToBson());
            }
        }
        return documents;
    }

    /// <summary>An effect that can be set to fail, like a process that dies between marking documents and applying the effects.</summary>
    public sealed class FailingEffect : ICascadeEffect
    {
        public int FailAt { get; set; } = -1;

        public HashSet<ObjectId> Seen { get; } = [];

        public string Entity => Item;

        public Task RunAsync(CascadeChange change, CancellationToken cancellationToken)
        {
            if (FailAt-- == 0)
                throw new InvalidOperationException("The process dies here.");
            Seen.UnionWith(change.Ids);
            return Task.CompletedTask;
        }
    }
}
