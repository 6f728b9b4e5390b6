using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>Writes wait for the journal on disk, unless the connection string disables it.</summary>
public sealed class MongoJournalTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("&w=majority", true)]
    [InlineData("&journal=false", false)]
    [InlineData("&w=1&journal=false", false)]
    [InlineData("&journal=true", true)]
    [InlineData("&w=0", null)]
    public async Task A_write_waits_for_the_journal(string options, bool? expected)
    {
        var backing = await BackingServices.GetAsync();
        var name = BackingServices.CreateName();
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                WaitUntilReady = false,
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:mongodb"] = $"{backing.GetMongoConnectionString(name).Split('?')[0]}?authSource=admin{options}",
                },
            }
        );
        var commands = new ConcurrentQueue<BsonDocument>();
        var settings = host.App.Services.GetRequiredService<IMongoClient>().Settings.Clone();
        settings.ClusterConfigurator = cluster =>
            cluster.Subscribe<CommandStartedEvent>(started => commands.Enqueue(started.Command.DeepClone().AsBsonDocument));
        using var client = new MongoClient(settings);
        var items = client.GetDatabase(name).GetCollection<BsonDocument>("items");
        await items.InsertOneAsync(new BsonDocument("_id", 1));
        await items.UpdateOneAsync(new BsonDocument("_id", 1), new BsonDocument("$set", new BsonDocument("a", 1)));
        await items.FindOneAndUpdateAsync(new BsonDocument("_id", 1), new BsonDocument("$set", new BsonDocument("a", 2)));
        await items.DeleteOneAsync(new BsonDocument("_id", 1));
        foreach (var command in new[] { "insert", "update", "findAndModify", "delete" })
        {
            var sent = Assert.Single(commands, sent => sent.Names.FirstOrDefault() == command);
            var concern = sent.TryGetValue("writeConcern", out var value) ? value.AsBsonDocument : [];
            Assert.Equal(expected, concern.TryGetValue("j", out var journal) ? journal.ToBoolean() : null);
        }
        await client.DropDatabaseAsync(name);
    }
}
