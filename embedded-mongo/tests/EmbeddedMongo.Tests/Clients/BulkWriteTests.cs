using EmbeddedMongo.Wire;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>The command <c>bulkWrite</c> of MongoDB 8.</summary>
public sealed class BulkWriteTests : IAsyncLifetime
{
    private EmbeddedMongoServer _server = null!;
    private MongoClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { MaxWireVersion = 25 });
        _client = new MongoClient(_server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Client_writes_to_several_collections()
    {
        await Open("a").InsertManyAsync(Documents("[{_id: 1, n: 1}, {_id: 2, n: 1}, {_id: 3, n: 9}]"));
        BulkWriteModel[] models =
        [
            new BulkWriteInsertOneModel<BsonDocument>("test.a", Json.Document("{_id: 4, n: 9}")),
            new BulkWriteUpdateManyModel<BsonDocument>("test.a", "{n: 9}", "{$set: {n: 10}}"),
            new BulkWriteUpdateOneModel<BsonDocument>("test.b", "{_id: 5}", "{$set: {n: 5}}", isUpsert: true),
            new BulkWriteReplaceOneModel<BsonDocument>("test.a", "{_id: 2}", Json.Document("{x: 1}")),
            new BulkWriteDeleteManyModel<BsonDocument>("test.a", "{n: 10}"),
            new BulkWriteDeleteOneModel<BsonDocument>("test.c", "{}"),
        ];

        var result = await _client.BulkWriteAsync(models, new ClientBulkWriteOptions { VerboseResult = true });

        Assert.Equal(
            (1L, 3L, 3L, 1L, 2L),
            (result.InsertedCount, result.MatchedCount, result.ModifiedCount, result.UpsertedCount, result.DeletedCount)
        );
        Assert.Equal(5, result.UpdateResults[2].UpsertedId);
        Assert.Equal(Documents("[{_id: 1, n: 1}, {_id: 2, x: 1}]"), await Open("a").Find("{}").Sort("{_id: 1}").ToListAsync());
        Assert.Equal(Documents("[{_id: 5, n: 5}]"), await Open("b").Find("{}").ToListAsync());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Failed_operation_ends_an_ordered_command_only(bool ordered, int inserted)
    {
        var reply = await RunAsync(
            $$$"""
            {bulkWrite: 1, ordered: {{{(ordered ? "true" : "false")}}}, nsInfo: [{ns: 'test.a'}], cursor: {}, ops: [
              {insert: 0, document: {_id: 1}}, {insert: 0, document: {_id: 1}}, {insert: 0, document: {_id: 2}}]}
            """
        );

        Assert.Equal((1, inserted), (reply["nErrors"].AsInt32, reply["nInserted"].AsInt32));
        var results = reply["cursor"]["firstBatch"].AsBsonArray;
        Assert.Equal(Enumerable.Range(0, inserted + 1), results.Select(result => result["idx"].AsInt32));
        Assert.Equal((0.0, 11000, 1), (results[1]["ok"].AsDouble, results[1]["code"].AsInt32, results[1]["keyValue"]["_id"].AsInt32));
        Assert.Equal(inserted, await Open("a").CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Errors_only_and_let_and_batches_of_the_cursor()
    {
        await Open("a").InsertManyAsync(Documents("[{_id: 1}, {_id: 2}, {_id: 3}]"));
        var only = await RunAsync(
            """
            {bulkWrite: 1, errorsOnly: true, let: {id: 2}, nsInfo: [{ns: 'test.a'}], ops: [
              {update: 0, filter: {$expr: {$eq: ['$_id', '$$id']}}, updateMods: [{$set: {n: '$$c'}}], constants: {c: 7}}]}
            """
        );
        var batches = await RunAsync(
            """
            {bulkWrite: 1, cursor: {batchSize: 1}, nsInfo: [{ns: 'test.a'}], ops: [
              {delete: 0, filter: {_id: 1}}, {delete: 0, filter: {}, multi: true}]}
            """
        );
        var next = await RunAsync($"{{getMore: {{$numberLong: '{batches["cursor"]["id"]}'}}, collection: '$cmd.bulkWrite'}}");

        Assert.Empty(only["cursor"]["firstBatch"].AsBsonArray);
        Assert.Equal(1, only["nModified"]);
        Assert.Equal((1, 3), (batches["cursor"]["firstBatch"][0]["n"].AsInt32, batches["nDeleted"].AsInt32));
        Assert.Equal((1, 2), (next["cursor"]["nextBatch"][0]["idx"].AsInt32, next["cursor"]["nextBatch"][0]["n"].AsInt32));
    }

    [Theory]
    [InlineData("nsInfo: [{ns: 'test.a'}], ops: []", 16)]
    [InlineData("nsInfo: [], ops: [{insert: 0, document: {}}]", 16)]
    [InlineData("ops: [{insert: 0, document: {}}]", 40414)]
    [InlineData("nsInfo: [{ns: 'test.a'}], ops: [{insert: 1, document: {}}]", 2)]
    [InlineData("nsInfo: [{ns: 'test.a'}], ops: [{insert: 0, document: {}}, {nope: 0}]", 9)]
    [InlineData("nsInfo: [{ns: 'test.a'}], ops: [{insert: 0, document: {}}, {insert: 0}]", 40414)]
    [InlineData("nsInfo: [{ns: 'test.a'}], ops: [{insert: 0, document: {}}, {update: 0, filter: {}, updateMods: {}, nope: 1}]", 40415)]
    [InlineData("nsInfo: [{ns: 'test.a'}], ops: [{insert: 0, document: {}}, {delete: 0, filter: 1}]", 14)]
    [InlineData("nsInfo: [{ns: 'test'}], ops: [{insert: 0, document: {}}]", 73)]
    [InlineData("nope: 1, nsInfo: [{ns: 'test.a'}], ops: [{insert: 0, document: {}}]", 40415)]
    public async Task Malformed_command_writes_nothing(string fields, int code)
    {
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync($"{{bulkWrite: 1, {fields}}}"));

        Assert.Equal(code, error.Code);
        Assert.Equal(0, await Open("a").CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Collations_of_the_collection_and_of_operations_apply()
    {
        var collation = new Collation("en", strength: CollationStrength.Secondary);
        await _client.GetDatabase("test").CreateCollectionAsync("collated", new CreateCollectionOptions { Collation = collation });
        await Open("collated").InsertManyAsync(Documents("[{_id: 1, n: 'Metropolis'}, {_id: 2, n: 'M'}]"));
        await Open("plain").InsertManyAsync(Documents("[{_id: 1, n: 'Metropolis'}, {_id: 2, n: 'M'}]"));

        var reply = await RunAsync(
            """
            {bulkWrite: 1, nsInfo: [{ns: 'test.collated'}, {ns: 'test.plain'}], ops: [
              {update: 0, filter: {n: 'METROPOLIS'}, updateMods: {$set: {seen: true}}},
              {delete: 0, filter: {n: 'm'}},
              {delete: 1, filter: {n: 'METROPOLIS'}},
              {delete: 1, filter: {n: 'm'}, collation: {locale: 'en', strength: 2}}]}
            """
        );

        Assert.Equal((1, 2), (reply["nModified"].ToInt32(), reply["nDeleted"].ToInt32()));
        Assert.Equal(1, (await Open("plain").Find("{}").SingleAsync())["_id"].ToInt32());
    }

    [Fact]
    public async Task Command_requires_the_admin_database_and_version_7_is_announced_by_default()
    {
        var command = Json.Document("{bulkWrite: 1, nsInfo: [{ns: 'test.a'}], ops: [{insert: 0, document: {}}]}");

        var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
            _client.GetDatabase("test").RunCommandAsync<BsonDocument>(command)
        );

        Assert.Equal(13, error.Code);
        Assert.Equal(WireProtocol.MaxWireVersion, new EmbeddedMongoOptions().MaxWireVersion);
    }

    private static IEnumerable<BsonDocument> Documents(string json) => Json.Array(json).Select(document => document.AsBsonDocument);

    private IMongoCollection<BsonDocument> Open(string name) => _client.GetDatabase("test").GetCollection<BsonDocument>(name);

    private Task<BsonDocument> RunAsync(string command) =>
        _client.GetDatabase("admin").RunCommandAsync<BsonDocument>(Json.Document(command));
}
