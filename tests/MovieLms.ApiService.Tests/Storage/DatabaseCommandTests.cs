using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.ApiService.Tests.Storage;

/// <summary>Indexes as a deployment step: <c>--initialize-database</c> creates them, and services can wait for them.</summary>
public sealed class DatabaseCommandTests : IAsyncLifetime
{
    private readonly string _name = BackingServices.CreateName();
    private BackingServices _backing = null!;
    private MongoClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _backing = await BackingServices.GetAsync();
        _client = new MongoClient(_backing.MongoServer);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DropDatabaseAsync(_name);
        _client.Dispose();
    }

    [Fact]
    public async Task Creates_the_indexes_that_a_service_creates_at_start()
    {
        var (code, output) = await RunAsync(_backing.GetMongoConnectionString(_name));
        Assert.True(code == 0, output);
        await using var creating = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        Assert.Equal(await IndexesAsync(creating.Name), await IndexesAsync(_name));
    }

    [Fact]
    public async Task A_second_run_succeeds()
    {
        Assert.Equal(0, (await RunAsync(_backing.GetMongoConnectionString(_name))).Code);
        Assert.Equal(0, (await RunAsync(_backing.GetMongoConnectionString(_name))).Code);
    }

    [Fact]
    public async Task A_service_that_may_not_create_indexes_waits_for_them()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = _name,
                WaitUntilReady = false,
                Settings = new Dictionary<string, string?> { ["Database:CreateIndexes"] = "false" },
            }
        );
        var health = "";
        await Eventually.WaitUntilAsync(
            async () =>
                (health = await (await host.Client.GetAsync("/health")).Content.ReadAsStringAsync()).Contains(
                    "Waiting for indexes",
                    StringComparison.Ordinal
                ),
            "the service reports that it waits"
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/alive")).StatusCode);
        Assert.Empty(await IndexesAsync(_name));

        Assert.Equal(0, (await RunAsync(_backing.GetMongoConnectionString(_name))).Code);
        await Eventually.WaitUntilAsync(
            async () => (await host.Client.GetAsync("/health")).IsSuccessStatusCode,
            "the service is ready",
            30
        );
    }

    [Fact]
    public async Task Without_a_server_it_fails_with_one_sentence()
    {
        var (code, output) = await RunAsync($"mongodb://127.0.0.1:{FreePort.Find()}/nothing");
        Assert.Equal(1, code);
        Assert.Contains("check ConnectionStrings__mongodb and that the server is running.", output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task Without_a_connection_string_it_names_the_missing_setting()
    {
        var (code, output) = await RunAsync("");
        Assert.Equal(1, code);
        Assert.Contains("Set ConnectionStrings__mongodb", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_violates_an_index_fails_with_the_reason()
    {
        var users = _client.GetDatabase(_name).GetCollection<BsonDocument>(CollectionNames.Users);
        await users.InsertManyAsync([
            new BsonDocument("emailNormalized", "a@example.test"),
            new BsonDocument("emailNormalized", "a@example.test"),
        ]);
        var (code, output) = await RunAsync(_backing.GetMongoConnectionString(_name));
        Assert.Equal(1, code);
        Assert.StartsWith("An index could not be created. Fix the cause and run the command again:", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string mongo)
    {
        await using var process = DotnetProcess.Start(
            "MovieLms.ApiService",
            new Dictionary<string, string?> { ["ConnectionStrings__mongodb"] = mongo, ["Database__InitializeTimeoutSeconds"] = "1" },
            "--initialize-database"
        );
        return (await process.WaitForExitAsync(), process.Output);
    }

    private async Task<SortedSet<string>> IndexesAsync(string name)
    {
        var database = _client.GetDatabase(name);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var collection in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            foreach (var index in await (await database.GetCollection<BsonDocument>(collection).Indexes.ListAsync()).ToListAsync())
            {
                if (index["name"] != "_id_")
                    found.Add($"{collection}.{index["name"]} {index["key"]}");
            }
        }

        return found;
    }
}
