using EmbeddedMongo.Values;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Names with a dollar sign in inserts, replacements, updates and upserts, by the rules of MongoDB 5 and later.</summary>
public sealed class DollarFieldTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("{insert: 'NAME', documents: [{_id: 1, $a: 1, b: {$c: 2}}]}", 0)]
    [InlineData("{insert: 'NAME', documents: [{_id: {$a: 1}}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {a: {$b: 1}, c: [{$d: 1}]}, upsert: true}]}", 0)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {a: 1, $b: 1}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {a: 1, $ref: 'x', $id: 5, $db: 'd'}, upsert: true}]}", 0)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {a: 1, $id: 5}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {a: 1, $ref: 5, $id: 5}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {a: 1, $ref: 'x'}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {$set: {a: {$b: 1}}}, upsert: true}]}", 0)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {$set: {$b: 1}}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {$set: {$id: 1}}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: 1}, u: {$setOnInsert: {$db: 'x'}}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {}, u: {$set: {'_id.$x': 1}}, upsert: true}]}", 52)]
    [InlineData("{update: 'NAME', updates: [{q: {_id: {$eq: {$a: 1}}}, u: {$set: {a: 1}}, upsert: true}]}", 52)]
    [InlineData(
        "{update: 'NAME', updates: [{q: {_id: 1}, u: [{$replaceWith: {$setField: {field: {$literal: '$a'}, input: '$$ROOT', value: 1}}}],"
            + " upsert: true}]}",
        0
    )]
    public async Task Name_with_a_dollar_sign_is_checked(string command, int code)
    {
        var items = server.NewCollection();
        var document = Json.Document(command.Replace("NAME", items.CollectionNamespace.CollectionName, StringComparison.Ordinal));

        var reply = await server.Database.RunCommandAsync<BsonDocument>(document);

        Assert.Equal(code, reply.TryGetValue("writeErrors", out var errors) ? errors[0]["code"].AsInt32 : 0);
        Assert.Equal(code == 0 ? 1 : 0, await items.CountDocumentsAsync("{}"));
    }

    [Fact]
    public async Task Inserted_dollar_field_can_be_updated_around()
    {
        var items = await server.CreateCollectionAsync("[{_id: 1, $a: 1, n: 1}]");

        await items.UpdateOneAsync("{_id: 1}", "{$set: {n: 2}}");

        Assert.Equal(Json.Document("{_id: 1, $a: 1, n: 2}"), await items.Find("{}").SingleAsync());
    }

    [Fact]
    public async Task DBPointer_is_stored_indexed_and_returned_unchanged()
    {
        var name = server.NewCollection().CollectionNamespace.CollectionName;
        var items = server.Database.GetCollection<RawBsonDocument>(name);
        await items.Indexes.CreateOneAsync(new CreateIndexModel<RawBsonDocument>("{p: 1}"));
        var encoded = Encode(
            new BsonDocument { { "_id", 1 }, { "p", new BsonDbPointer("test.users", new ObjectId("65a000000000000000000001")) } }
        );
        await items.InsertOneAsync(new RawBsonDocument(encoded));

        await items.UpdateOneAsync("{_id: 1}", "{$set: {n: 1}}");
        await items.UpdateOneAsync("{p: {$type: 'dbPointer'}}", "{$unset: {n: ''}}");
        await items.UpdateOneAsync("{p: {$type: 12}}", "{$set: {n: 1}}");
        await items.UpdateOneAsync("{_id: 1}", "{$unset: {n: ''}}");

        using var found = await items.Find("{p: {$exists: true}}", new FindOptions { Hint = "p_1" }).SingleAsync();
        Assert.Equal(encoded, found.Slice.AccessBackingBytes(0).Take(found.Slice.Length));
        Assert.Equal(
            "dbPointer",
            (await server.Database.GetCollection<BsonDocument>(name).Aggregate().Project("{_id: 0, t: {$type: '$p'}}").SingleAsync())["t"]
        );
    }

    private static byte[] Encode(BsonDocument document)
    {
        using var buffer = new EmbeddedMongo.Bson.PooledBuffer();
        EmbeddedMongo.Bson.BsonEncoder.WriteDocument(buffer, document);
        return buffer.WrittenSpan.ToArray();
    }
}
