using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Commands that MongoDB rejects as a whole, and options of the Stable API.</summary>
public sealed class CommandShapeTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("{q: {}, u: {$set: {a: 2}}, nope: 1}", 40415)]
    [InlineData("{q: {}}", 40414)]
    [InlineData("{u: {$set: {a: 2}}}", 40414)]
    [InlineData("{q: 5, u: {$set: {a: 2}}}", 14)]
    [InlineData("{q: {}, u: {$set: {a: 2}}, multi: 'yes'}", 14)]
    [InlineData("{q: {}, u: {$set: {a: 2}}, arrayFilters: {}}", 14)]
    public async Task Malformed_update_statement_rejects_the_command_before_the_first_statement_runs(string statement, int code)
    {
        var items = await server.CreateCollectionAsync("[{_id: 1, a: 1}]");
        var command = $"{{update: '{Name(items)}', updates: [{{q: {{}}, u: {{$set: {{a: 2}}}}}}, {statement}]}}";

        Assert.Equal(code, (await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(command))).Code);

        Assert.Equal(1, (await items.Find("{}").SingleAsync())["a"]);
    }

    [Theory]
    [InlineData("{q: {}, limit: 0, nope: 1}", 40415)]
    [InlineData("{q: {}}", 40414)]
    [InlineData("{limit: 0}", 40414)]
    [InlineData("{q: [], limit: 0}", 14)]
    [InlineData("{q: {}, limit: 'all'}", 14)]
    [InlineData("{q: {}, limit: 2}", 9)]
    [InlineData("{q: {}, limit: -1}", 9)]
    public async Task Malformed_delete_statement_rejects_the_command_before_the_first_statement_runs(string statement, int code)
    {
        var items = await server.CreateCollectionAsync("[{_id: 1}]");
        var command = $"{{delete: '{Name(items)}', deletes: [{{q: {{}}, limit: 0}}, {statement}]}}";

        Assert.Equal(code, (await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync(command))).Code);

        Assert.Equal(1, await items.CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Malformed_upsert_creates_no_collection()
    {
        await Assert.ThrowsAsync<MongoCommandException>(() => RunAsync("{update: 'never', updates: [{q: {}, upsert: true}]}"));

        Assert.DoesNotContain("never", await (await server.Database.ListCollectionNamesAsync()).ToListAsync());
    }

    [Theory]
    [InlineData("{ping: 1, apiVersion: '1', apiStrict: true}", 0)]
    [InlineData("{ping: 1, apiStrict: false}", 0)]
    [InlineData("{ping: 1, apiStrict: true}", 4886600)]
    [InlineData("{ping: 1, apiDeprecationErrors: true}", 4886600)]
    [InlineData("{ping: 1, apiVersion: '2'}", 322)]
    [InlineData("{distinct: 'c', key: 'a', apiVersion: '1', apiStrict: true}", 323)]
    [InlineData("{distinct: 'c', key: 'a', apiVersion: '1'}", 0)]
    public async Task Stable_api_is_enforced(string command, int code)
    {
        var error = await Record.ExceptionAsync(() => RunAsync(command));

        Assert.Equal(code, error is MongoCommandException failed ? failed.Code : 0);
    }

    private static string Name(IMongoCollection<BsonDocument> items) => items.CollectionNamespace.CollectionName;

    private Task<BsonDocument> RunAsync(string command) => server.Database.RunCommandAsync<BsonDocument>(BsonDocument.Parse(command));
}
