using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>An in-memory server per test class with new collections for its tests.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private EmbeddedMongoServer? _server;
    private MongoClient? _client;
    private int _collections;

    public IMongoDatabase Database => _client!.GetDatabase("drivers");

    public IMongoCollection<BsonDocument> NewCollection() =>
        Database.GetCollection<BsonDocument>($"c{Interlocked.Increment(ref _collections)}");

    /// <summary>Creates a collection with the documents of a JSON array.</summary>
    public async Task<IMongoCollection<BsonDocument>> CreateCollectionAsync(string documents)
    {
        var collection = NewCollection();
        await collection.InsertManyAsync(Json.Array(documents).Select(static document => document.AsBsonDocument));
        return collection;
    }

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _client = new MongoClient(_server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}

/// <summary>Parses test data in MongoDB's JSON format.</summary>
internal static class Json
{
    public static BsonDocument Document(string json) => BsonDocument.Parse(json);

    public static BsonArray Array(string json) => BsonDocument.Parse($"{{v: {json}}}")["v"].AsBsonArray;
}
