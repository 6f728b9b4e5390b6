using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Cascades;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Application.Tests.Cascades;

/// <summary>A box on a shelf, an item in a box, a label on an item and of a shelf: kinds of documents that only these tests know.</summary>
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

/// <summary>The product's stores and four declarations more, in small chunks; the last look is due at once.</summary>
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
                    .AddSingleton<Trip>()
                    .AddSingleton<ICascadeEffect>(provider => provider.GetRequiredService<Trip>())
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

    /// <summary>Adds documents of a kind.</summary>
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

    /// <summary>A shelf with two boxes of ten items, each with a label.</summary>
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

    /// <summary>Documents of a kind that are neither deleted nor archived.</summary>
    public Task<long> CountLiveAsync(string entity) => Things(entity).CountDocumentsAsync(Lifecycle.Live());

    /// <summary>Live shelves, boxes, items and labels.</summary>
    public async Task<(long, long, long, long)> CountLiveAsync() =>
        (await CountLiveAsync(Shelf), await CountLiveAsync(Box), await CountLiveAsync(Item), await CountLiveAsync(Label));

    /// <summary>Does all that is due, the last looks included.</summary>
    public async Task FinishAsync()
    {
        while (await Cascades.FinishNextAsync(default)) { }
    }

    /// <summary>
    /// Every document of every collection but the operations' records, byte for byte, without versions and times of change.
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

    /// <summary>An effect that can be told to fail, as a process that dies between the marks and what follows them.</summary>
    public sealed class Trip : ICascadeEffect
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
