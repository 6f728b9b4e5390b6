using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Package;

/// <summary>Starts a server for the tests of a class.</summary>
public sealed class MongoFixture : IAsyncLifetime
{
    private EmbeddedMongoServer? _server;
    private MongoClient? _client;

    /// <summary>Returns an empty database, so that tests do not see each other's documents.</summary>
    public IMongoDatabase CreateDatabase() => _client!.GetDatabase($"test-{Guid.NewGuid():N}");

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

public sealed class MovieTests(MongoFixture mongo) : IClassFixture<MongoFixture>
{
    [Fact]
    public async Task Inserted_movies_are_found()
    {
        var canceled = TestContext.Current.CancellationToken;
        var movies = mongo.CreateDatabase().GetCollection<BsonDocument>("movies");
        await movies.InsertOneAsync(new BsonDocument { { "title", "Metropolis" }, { "year", 1927 } }, cancellationToken: canceled);

        var found = await movies.Find("{year: {$lt: 1930}}").SingleAsync(canceled);

        Assert.Equal("Metropolis", found["title"]);
    }
}
