using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>Commands that meet a collection that $out or renameCollection replaces at the same time.</summary>
public sealed class ReplacedCollectionTests : IDisposable
{
    private const int Rounds = 150;

    private readonly string _directory = Directory.CreateTempSubdirectory("movielms-replaced-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task Index_commands_and_writes_during_replacements_lose_nothing()
    {
        var options = new EmbeddedMongoOptions { DataDirectory = _directory, TtlSweepInterval = TimeSpan.FromMilliseconds(20) };
        await using (var server = await EmbeddedMongoServer.StartAsync(options))
        {
            using var client = new MongoClient(server.ConnectionString);
            var database = client.GetDatabase("test");
            await database.GetCollection<BsonDocument>("source").InsertManyAsync(Enumerable.Range(0, 50).Select(CreateDocument));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var others = new[]
            {
                RepeatAsync(() => CreateIndexAsync(database), stop.Token),
                RepeatAsync(() => TolerateAsync(database, "{dropIndexes: 'target', index: '*'}"), stop.Token),
                RepeatAsync(() => TolerateAsync(database, "{insert: 'target', documents: [{}]}"), stop.Token),
                RepeatAsync(() => TolerateAsync(database, "{collMod: 'target', index: {name: 't', expireAfterSeconds: 9}}"), stop.Token),
            };
            for (var round = 0; round < Rounds; round++)
            {
                await TolerateAsync(database, "{aggregate: 'source', pipeline: [{$out: 'target'}], cursor: {}}");
                await TolerateAsync(database, "{renameCollection: 'test.target', to: 'test.other', dropTarget: true}", "admin");
            }

            await stop.CancelAsync();
            await Task.WhenAll(others);
            await database.RunCommandAsync<BsonDocument>("{aggregate: 'source', pipeline: [{$out: 'target'}], cursor: {}}");
            await AssertValidAsync(database);
        }

        await using var reopened = await EmbeddedMongoServer.StartAsync(options);
        using var second = new MongoClient(reopened.ConnectionString);
        await AssertValidAsync(second.GetDatabase("test"));
        Assert.Equal(50, await second.GetDatabase("test").GetCollection<BsonDocument>("target").CountDocumentsAsync("{n: {$gte: 0}}"));
    }

    private static BsonDocument CreateDocument(int n) => new() { { "_id", n }, { "n", n } };

    private static async Task RepeatAsync(Func<Task> action, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
            await action();
    }

    private static Task CreateIndexAsync(IMongoDatabase database) =>
        TolerateAsync(
            database,
            "{createIndexes: 'target', indexes: [{key: {n: 1}, name: 'n'}, {key: {t: 1}, name: 't', expireAfterSeconds: 1}]}"
        );

    /// <summary>Runs a command that may fail because the collection was replaced, is missing, or has other indexes.</summary>
    private static async Task TolerateAsync(IMongoDatabase database, string command, string? on = null)
    {
        try
        {
            await database.Client.GetDatabase(on ?? "test").RunCommandAsync<BsonDocument>(command);
        }
        catch (MongoCommandException error)
        {
            Assert.Contains(error.Code, new[] { 26, 27, 72, 85, 125, 175 });
        }
    }

    private static async Task AssertValidAsync(IMongoDatabase database)
    {
        foreach (var name in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            var result = await database.RunCommandAsync<BsonDocument>(new BsonDocument("validate", name));
            Assert.True(result["valid"].AsBoolean, result.ToString());
        }
    }
}
