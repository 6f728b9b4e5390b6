using System.Net;
using System.Net.Sockets;
using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Cursors;

public sealed class TailableCursorTests : IAsyncLifetime
{
    /// <summary>A waiting cursor that is not woken fails its test.</summary>
    private static readonly TimeSpan TestTimeout = TimeSpan.FromMinutes(1);

    private const int LongWait = int.MaxValue;

    private EmbeddedMongoServer _server = null!;
    private MongoClient _client = null!;
    private IMongoDatabase _database = null!;
    private IMongoCollection<BsonDocument> _items = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        var settings = MongoClientSettings.FromConnectionString(_server.ConnectionString);
        settings.MaxConnectionPoolSize = 200;
        _client = new MongoClient(settings);
        _database = _client.GetDatabase("tail");
        await _database.CreateCollectionAsync(
            "log",
            new CreateCollectionOptions
            {
                Capped = true,
                MaxSize = 1_000_000,
                MaxDocuments = 5,
            }
        );
        _items = _database.GetCollection<BsonDocument>("log");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Cursor_stays_open_and_returns_later_documents()
    {
        await InsertAsync(1, 2);
        var first = await FindAsync("tailable: true");
        Assert.Equal([1, 2], Ids(first));
        var id = first["id"].AsInt64;
        Assert.NotEqual(0, id);

        Assert.Equal((id, 0), Summary(await GetMoreAsync(id)));
        await InsertAsync(3, 4);
        Assert.Equal([3, 4], Ids(await GetMoreAsync(id)));
        Assert.Equal((id, 0), Summary(await GetMoreAsync(id)));
    }

    [Fact]
    public async Task Waiting_cursor_returns_a_new_document()
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64;
        var waiting = GetMoreAsync(id, LongWait);
        await WaitUntilWaitingAsync(1);

        await InsertAsync(2);

        Assert.Equal([2], Ids(await waiting.WaitAsync(TestTimeout)));
    }

    [Fact]
    public async Task Waiting_cursor_ignores_documents_that_do_not_match()
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true, filter: {_id: {$gt: 2}}"))["id"].AsInt64;
        Assert.NotEqual(0, id);
        var waiting = GetMoreAsync(id, LongWait);
        await WaitUntilWaitingAsync(1);

        await InsertAsync(2);
        await InsertAsync(3);

        Assert.Equal([3], Ids(await waiting.WaitAsync(TestTimeout)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(null)]
    public async Task Waiting_ends_after_its_limit(int? limit)
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64;

        Assert.Equal((id, 0), Summary(await GetMoreAsync(id, limit)));
        await InsertAsync(2);
        Assert.Equal([2], Ids(await GetMoreAsync(id, limit)));
    }

    [Fact]
    public async Task Many_waiting_cursors_are_all_woken()
    {
        const int Count = 100;
        await InsertAsync(1);
        var waiting = new List<Task<BsonDocument>>();
        for (var i = 0; i < Count; i++)
            waiting.Add(GetMoreAsync((await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64, LongWait));

        await WaitUntilWaitingAsync(Count);
        await InsertAsync(2);

        foreach (var cursor in await Task.WhenAll(waiting).WaitAsync(TestTimeout))
            Assert.Equal([2], Ids(cursor));
    }

    [Fact]
    public async Task Cursor_dies_when_its_position_was_overwritten()
    {
        await InsertAsync(1, 2, 3);
        var id = (await FindAsync("tailable: true, batchSize: 2"))["id"].AsInt64;
        await InsertAsync(4, 5, 6);
        Assert.Equal([3, 4, 5, 6], Ids(await GetMoreAsync(id)));
        await InsertAsync([.. Enumerable.Range(10, 10)]);

        var error = await Assert.ThrowsAsync<MongoCommandException>(() => GetMoreAsync(id));
        Assert.Equal((136, "CappedPositionLost"), (error.Code, error.CodeName));
        Assert.Equal(43, (await Assert.ThrowsAnyAsync<MongoCommandException>(() => GetMoreAsync(id))).Code);
    }

    [Fact]
    public async Task Batches_limits_and_projections_apply()
    {
        await InsertAsync(1, 2, 3);
        var first = await FindAsync("tailable: true, batchSize: 1, skip: 1, limit: 3, projection: {_id: 1}");
        Assert.Equal([2], Ids(first));
        var id = first["id"].AsInt64;
        Assert.Equal([3], Ids(await GetMoreAsync(id, batchSize: 1)));
        await InsertAsync(4, 5);

        var last = await GetMoreAsync(id, batchSize: 1);

        Assert.Equal([4], Ids(last));
        Assert.Equal(0, last["id"].AsInt64);
    }

    [Fact]
    public async Task Large_documents_are_split_into_batches()
    {
        await _database.RunCommandAsync<BsonDocument>("{collMod: 'log', cappedSize: 100000000}");
        var text = new string('x', 7_000_000);
        foreach (var id in Enumerable.Range(1, 5))
            await _items.InsertOneAsync(new BsonDocument { { "_id", id }, { "text", text } });

        var batch = await FindAsync("tailable: true, projection: {text: 1}");
        var ids = Ids(batch);
        for (var i = 0; i < 3; i++)
            ids.AddRange(Ids(await GetMoreAsync(batch["id"].AsInt64)));

        Assert.Equal([1, 2, 3, 4, 5], ids);
    }

    [Theory]
    [InlineData("find: 'plain', tailable: true", 2)]
    [InlineData("find: 'log', awaitData: true", 9)]
    [InlineData("find: 'log', tailable: true, sort: {a: 1}", 2)]
    [InlineData("find: 'log', tailable: true, sort: {$natural: -1}", 2)]
    [InlineData("find: 'log', tailable: true, hint: {$natural: -1}", 2)]
    [InlineData("find: 'log', hint: {$natural: 2}", 2)]
    [InlineData("find: 'log', tailable: true, singleBatch: true", 2)]
    [InlineData("find: 'log', tailable: 'yes'", 14)]
    public async Task Invalid_tailable_find_is_rejected(string command, int code)
    {
        await _database.GetCollection<BsonDocument>("plain").InsertOneAsync(new BsonDocument("_id", 1));
        await InsertAsync(1);

        var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
            _database.RunCommandAsync<BsonDocument>(Json.Document($"{{{command}}}"))
        );

        Assert.Equal(code, error.Code);
    }

    [Theory]
    [InlineData("log")]
    [InlineData("missing")]
    public async Task Cursor_over_no_documents_is_closed(string collection)
    {
        var reply = await _database.RunCommandAsync<BsonDocument>(
            Json.Document($"{{find: '{collection}', tailable: true, awaitData: true}}")
        );

        Assert.Equal(0, reply["cursor"]["id"].ToInt64());
    }

    [Fact]
    public async Task Time_limit_of_another_cursor_is_rejected_and_the_cursor_kept()
    {
        await InsertAsync(1, 2, 3);
        var id = (await FindAsync("batchSize: 1"))["id"].AsInt64;

        Assert.Equal(2, (await Assert.ThrowsAsync<MongoCommandException>(() => GetMoreAsync(id, 100))).Code);

        Assert.Equal([2, 3], Ids(await GetMoreAsync(id)));
    }

    [Fact]
    public async Task Waiting_cursor_is_woken_by_killCursors()
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64;
        var waiting = GetMoreAsync(id, LongWait);
        await WaitUntilWaitingAsync(1);
        Assert.Equal(12051, (await Assert.ThrowsAsync<MongoCommandException>(() => GetMoreAsync(id, LongWait))).Code);

        var reply = await _database.RunCommandAsync<BsonDocument>(
            new BsonDocument
            {
                { "killCursors", "log" },
                {
                    "cursors",
                    new BsonArray { id }
                },
            }
        );

        Assert.Equal(new BsonArray { id }, reply["cursorsKilled"]);
        Assert.Equal(237, (await Assert.ThrowsAsync<MongoCommandException>(() => waiting.WaitAsync(TestTimeout))).Code);
        Assert.Equal(43, (await Assert.ThrowsAnyAsync<MongoCommandException>(() => GetMoreAsync(id))).Code);
    }

    [Fact]
    public async Task Waiting_cursor_is_woken_by_killOp()
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64;
        var waiting = GetMoreAsync(id, LongWait);
        var operation = (await WaitUntilWaitingAsync(1)).Single();

        await _client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument { { "killOp", 1 }, { "op", operation["opid"] } });

        Assert.Equal(11601, (await Assert.ThrowsAsync<MongoCommandException>(() => waiting.WaitAsync(TestTimeout))).Code);
    }

    [Theory]
    [InlineData("{drop: 'log'}")]
    [InlineData("{renameCollection: 'tail.log', to: 'tail.other'}")]
    public async Task Waiting_cursor_is_woken_when_its_collection_is_dropped_or_renamed(string command)
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64;
        var waiting = GetMoreAsync(id, LongWait);
        await WaitUntilWaitingAsync(1);

        await (
            command.StartsWith("{drop", StringComparison.Ordinal) ? _database : _client.GetDatabase("admin")
        ).RunCommandAsync<BsonDocument>(command);

        Assert.Equal(175, (await Assert.ThrowsAsync<MongoCommandException>(() => waiting.WaitAsync(TestTimeout))).Code);
    }

    [Fact]
    public async Task Waiting_cursor_does_not_delay_the_end_of_the_server()
    {
        var server = await EmbeddedMongoServer.StartAsync();
        using var client = new MongoClient(server.ConnectionString);
        var database = client.GetDatabase("tail");
        await database.CreateCollectionAsync("log", new CreateCollectionOptions { Capped = true, MaxSize = 10_000 });
        await database.GetCollection<BsonDocument>("log").InsertOneAsync(new BsonDocument("_id", 1));
        var id = (await FindAsync("tailable: true, awaitData: true", database))["id"].AsInt64;
        var waiting = GetMoreAsync(id, LongWait, database: database);
        await WaitUntilWaitingAsync(1, client);

        await server.DisposeAsync().AsTask().WaitAsync(TestTimeout);

        await Assert.ThrowsAnyAsync<MongoException>(() => waiting.WaitAsync(TestTimeout));
    }

    [Fact]
    public async Task Disconnected_client_frees_its_waiting_cursor()
    {
        await InsertAsync(1);
        var id = (await FindAsync("tailable: true, awaitData: true"))["id"].AsInt64;
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _server.Port));
            var body = GetMoreCommand(id, LongWait, null).Add("$db", "tail").ToBson();
            byte[] header =
            [
                .. BitConverter.GetBytes(21 + body.Length),
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                .. BitConverter.GetBytes(2013),
                0,
                0,
                0,
                0,
                0,
            ];
            await socket.SendAsync((byte[])[.. header, .. body]);
            await WaitUntilWaitingAsync(1);
        }

        await WaitUntilWaitingAsync(0);
        Assert.Equal(43, (await Assert.ThrowsAnyAsync<MongoCommandException>(() => GetMoreAsync(id))).Code);
    }

    [Fact]
    public async Task Driver_follows_inserts()
    {
        await _database.RunCommandAsync<BsonDocument>("{collMod: 'log', cappedMax: 10000}");
        await InsertAsync(0);
        var options = new FindOptions<BsonDocument> { CursorType = CursorType.TailableAwait, BatchSize = 7 };
        using var cursor = await _items.FindAsync("{}", options);
        var inserting = Task.Run(async () =>
        {
            for (var id = 1; id < 300; id++)
                await InsertAsync(id);
        });
        var found = new List<int>();
        while (found.Count < 300 && await cursor.MoveNextAsync())
            found.AddRange(cursor.Current.Select(document => document["_id"].AsInt32));

        await inserting;
        Assert.Equal(Enumerable.Range(0, 300), found);
    }

    private static List<int> Ids(BsonDocument cursor) =>
        [.. cursor[cursor.Contains("firstBatch") ? "firstBatch" : "nextBatch"].AsBsonArray.Select(document => document["_id"].AsInt32)];

    private static (long Id, int Count) Summary(BsonDocument cursor) => (cursor["id"].AsInt64, Ids(cursor).Count);

    private static BsonDocument GetMoreCommand(long id, int? maxTime, int? batchSize)
    {
        var command = new BsonDocument { { "getMore", id }, { "collection", "log" } };
        if (maxTime is { } limit)
            command.Add("maxTimeMS", limit);

        return batchSize is { } size ? command.Add("batchSize", size) : command;
    }

    private Task InsertAsync(params int[] ids) => _items.InsertManyAsync(ids.Select(id => new BsonDocument { { "_id", id } }));

    private async Task<BsonDocument> FindAsync(string options, IMongoDatabase? database = null) =>
        (await (database ?? _database).RunCommandAsync<BsonDocument>(Json.Document($"{{find: 'log', {options}}}")))[
            "cursor"
        ].AsBsonDocument;

    private async Task<BsonDocument> GetMoreAsync(long id, int? maxTime = null, int? batchSize = null, IMongoDatabase? database = null) =>
        (await (database ?? _database).RunCommandAsync<BsonDocument>(GetMoreCommand(id, maxTime, batchSize)))["cursor"].AsBsonDocument;

    /// <summary>Waits until so many getMore commands are running.</summary>
    private async Task<List<BsonDocument>> WaitUntilWaitingAsync(int count, MongoClient? client = null)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            var running = await (client ?? _client).GetDatabase("admin").RunCommandAsync<BsonDocument>("{currentOp: 1, op: 'getmore'}");
            var operations = running["inprog"].AsBsonArray.Select(operation => operation.AsBsonDocument).ToList();
            if (operations.Count == count)
                return operations;

            await Task.Delay(20);
        }

        throw new TimeoutException($"{count} waiting cursors were expected.");
    }
}
