using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>The fields of a DBRef are valid names in every path, although they start with a dollar sign.</summary>
public sealed class DbRefTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Documents = """
        [
          { "_id": 1, "r": { "$ref": "users", "$id": 7 }, "list": [ { "$ref": "users", "$id": 7 } ] },
          { "_id": 2, "r": { "$ref": "films", "$id": 3, "$db": "other" }, "list": [] }
        ]
        """;

    [Theory]
    [InlineData("{'r.$id': 7}")]
    [InlineData("{'r.$ref': 'users'}")]
    [InlineData("{'r.$db': null}")]
    [InlineData("{list: {$elemMatch: {$id: 7}}}")]
    [InlineData("{list: {$elemMatch: {$ref: 'users', $id: 7}}}")]
    [InlineData("{$expr: {$eq: ['$r.$id', 7]}}")]
    public async Task Filter_finds_a_reference(string filter)
    {
        var items = await server.CreateCollectionAsync(Documents);

        Assert.Equal(1, (await items.Find(filter).SingleAsync())["_id"]);
    }

    [Fact]
    public async Task Index_sort_projection_lookup_and_update_accept_the_fields()
    {
        var items = await server.CreateCollectionAsync(Documents);
        await items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{'r.$id': 1}"));

        var sorted = await items.Find("{}").Sort("{'r.$id': 1}").Project("{'r.$id': 1}").ToListAsync();
        Assert.Equal([BsonDocument.Parse("{_id: 2, r: {$id: 3}}"), BsonDocument.Parse("{_id: 1, r: {$id: 7}}")], sorted);

        var users = await server.CreateCollectionAsync("[{_id: 7, name: 'Ada'}]");
        var joined = await items
            .Aggregate()
            .Match("{_id: 1}")
            .Lookup(users.CollectionNamespace.CollectionName, "r.$id", "_id", "user")
            .SingleAsync();
        Assert.Equal("Ada", joined["user"][0]["name"]);

        await items.UpdateOneAsync("{_id: 1}", "{$set: {'r.$id': 8}}");
        Assert.Equal(8, (await items.Find("{_id: 1}").SingleAsync())["r"]["$id"]);
    }

    [Fact]
    public async Task Index_on_a_dollar_field_at_the_top_is_rejected()
    {
        var items = server.NewCollection();

        var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
            items.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{$id: 1}"))
        );

        Assert.Equal(67, error.Code);
    }
}
