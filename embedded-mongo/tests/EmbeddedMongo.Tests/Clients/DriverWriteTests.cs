using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Writes through the unmodified MongoDB.Driver: errors, batches and upserts as seen by an application.</summary>
public sealed class DriverWriteTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly FilterDefinition<BsonDocument> All = FilterDefinition<BsonDocument>.Empty;

    [Fact]
    public async Task A_duplicate_key_error_has_a_category_key_pattern_and_key_value()
    {
        var movies = await server.CreateCollectionAsync("[{_id: 1, title: 'M', year: 1931}]");
        await movies.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(
                Json.Document("{title: 1, year: -1}"),
                new CreateIndexOptions { Unique = true, Name = "title_year" }
            )
        );
        var error = await Assert.ThrowsAsync<MongoWriteException>(() => movies.InsertOneAsync(Json.Document("{title: 'M', year: 1931}")));
        Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);
        Assert.Equal(11000, error.WriteError.Code);
        Assert.Contains("title_year", error.WriteError.Message, StringComparison.Ordinal);

        // Unlike other drivers, this one does not expose these fields, so read the raw reply.
        var reply = await server.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument
            {
                { "insert", movies.CollectionNamespace.CollectionName },
                { "documents", Json.Array("[{title: 'M', year: 1931}]") },
            }
        );
        Assert.Equal(Json.Document("{title: 1, year: -1}"), reply["writeErrors"][0]["keyPattern"]);
        Assert.Equal(Json.Document("{title: 'M', year: 1931}"), reply["writeErrors"][0]["keyValue"]);
    }

    [Fact]
    public async Task An_update_to_a_duplicate_key_is_rejected_and_changes_nothing()
    {
        var users = await server.CreateCollectionAsync("[{_id: 1, mail: 'a'}, {_id: 2, mail: 'b'}]");
        await users.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(Json.Document("{mail: 1}"), new CreateIndexOptions { Unique = true })
        );
        var error = await Assert.ThrowsAsync<MongoWriteException>(() =>
            users.UpdateOneAsync(Json.Document("{_id: 2}"), Json.Document("{$set: {mail: 'a'}}"))
        );
        Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);
        Assert.Equal("b", (await users.Find(Json.Document("{_id: 2}")).SingleAsync())["mail"]);
        await Assert.ThrowsAsync<MongoCommandException>(() =>
            users.FindOneAndUpdateAsync(Json.Document("{_id: 2}"), Json.Document("{$set: {mail: 'a'}}"))
        );
    }

    [Theory]
    [InlineData(true, "0", "3 4")]
    [InlineData(false, "0 2", "3 4 5")]
    public async Task A_batch_stops_at_the_first_duplicate_only_if_it_is_ordered(bool ordered, string failed, string present)
    {
        var collection = await server.CreateCollectionAsync("[{_id: 3}, {_id: 4}]");
        var error = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() =>
            collection.InsertManyAsync([new("_id", 3), new("_id", 5), new("_id", 4)], new InsertManyOptions { IsOrdered = ordered })
        );
        Assert.Equal(failed, string.Join(' ', error.WriteErrors.Select(static e => e.Index)));
        Assert.All(error.WriteErrors, static e => Assert.Equal(ServerErrorCategory.DuplicateKey, e.Category));
        var ids = await collection.Find(All).Sort(Json.Document("{_id: 1}")).ToListAsync();
        Assert.Equal(present, string.Join(' ', ids.Select(static d => d["_id"])));
    }

    [Fact]
    public async Task A_mixed_bulk_write_reports_counts_upserts_and_errors_by_position()
    {
        var collection = await server.CreateCollectionAsync("[{_id: 1, n: 1}, {_id: 2, n: 1}, {_id: 3, n: 3}]");
        var error = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() =>
            collection.BulkWriteAsync(
                [
                    new InsertOneModel<BsonDocument>(new("_id", 1)),
                    new UpdateManyModel<BsonDocument>(Json.Document("{n: 1}"), Json.Document("{$inc: {n: 10}}")),
                    new UpdateOneModel<BsonDocument>(Json.Document("{_id: 9}"), Json.Document("{$set: {n: 9}}")) { IsUpsert = true },
                    new UpdateOneModel<BsonDocument>(Json.Document("{_id: 3}"), Json.Document("{$push: {n: 1}}")),
                    new ReplaceOneModel<BsonDocument>(Json.Document("{_id: 3}"), Json.Document("{r: 1}")),
                    new DeleteManyModel<BsonDocument>(Json.Document("{n: 11}")),
                ],
                new BulkWriteOptions { IsOrdered = false }
            )
        );
        Assert.Equal([(0, 11000), (3, 2)], error.WriteErrors.Select(static e => (e.Index, e.Code)));
        Assert.Equal(
            (0, 3, 3, 2),
            (error.Result.InsertedCount, error.Result.MatchedCount, error.Result.ModifiedCount, error.Result.DeletedCount)
        );
        Assert.Equal((2, 9), (error.Result.Upserts[0].Index, error.Result.Upserts[0].Id.AsInt32));
        Assert.Equal(
            [Json.Document("{_id: 3, r: 1}"), Json.Document("{_id: 9, n: 9}")],
            await collection.Find(All).Sort(Json.Document("{_id: 1}")).ToListAsync()
        );
    }

    [Theory]
    [InlineData("{$set: {_id: 2}}", 66)]
    [InlineData("{$set: {a: 1}, $inc: {a: 1}}", 40)]
    [InlineData("{$inc: {s: 1}}", 14)]
    [InlineData("{$set: {'s.x': 1}}", 28)]
    [InlineData("{$push: {s: 1}}", 2)]
    [InlineData("{$nope: {s: 1}}", 9)]
    [InlineData("{$set: {'a..b': 1}}", 56)]
    [InlineData("{$set: {'list.$': 1}}", 2)]
    public async Task A_rejected_update_returns_the_MongoDB_error_code(string update, int code)
    {
        var collection = await server.CreateCollectionAsync("[{_id: 1, s: 'text', list: [1]}]");
        var error = await Assert.ThrowsAsync<MongoWriteException>(() =>
            collection.UpdateOneAsync(Json.Document("{_id: 1}"), Json.Document(update))
        );
        Assert.Equal(code, error.WriteError.Code);
        Assert.Equal(Json.Document("{_id: 1, s: 'text', list: [1]}"), await collection.Find(All).SingleAsync());
    }

    [Fact]
    public async Task An_upsert_returns_its_id_and_a_matched_count_of_zero()
    {
        var collection = server.NewCollection();
        var result = await collection.UpdateOneAsync(
            Json.Document("{k: 1, n: {$gt: 5}}"),
            Json.Document("{$set: {v: 1}, $setOnInsert: {w: 2}}"),
            new UpdateOptions { IsUpsert = true }
        );
        Assert.Equal((0, 0), (result.MatchedCount, result.ModifiedCount));
        var inserted = await collection.Find(All).SingleAsync();
        Assert.Equal(result.UpsertedId, inserted["_id"]);
        Assert.Equal(["_id", "k", "v", "w"], inserted.Names);

        var again = await collection.UpdateOneAsync(
            Json.Document("{k: 1}"),
            Json.Document("{$set: {v: 1}, $setOnInsert: {w: 3}}"),
            new UpdateOptions { IsUpsert = true }
        );
        Assert.Equal((1, 0, true), (again.MatchedCount, again.ModifiedCount, again.UpsertedId is null));
        Assert.Equal(2, (await collection.Find(All).SingleAsync())["w"]);
    }

    [Fact]
    public async Task Find_and_modify_sorts_projects_and_returns_the_old_or_new_document()
    {
        var jobs = await server.CreateCollectionAsync("[{_id: 1, due: 3, s: 'q'}, {_id: 2, due: 1, s: 'q'}, {_id: 3, due: 2, s: 'q'}]");
        var options = new FindOneAndUpdateOptions<BsonDocument>
        {
            Sort = Json.Document("{due: 1}"),
            Projection = Json.Document("{s: 1}"),
            ReturnDocument = ReturnDocument.After,
        };
        var claimed = await jobs.FindOneAndUpdateAsync(
            Json.Document("{s: 'q'}"),
            Json.Document("{$set: {s: 'r'}, $inc: {tries: 1}}"),
            options
        );
        Assert.Equal(Json.Document("{_id: 2, s: 'r'}"), claimed);

        options.ReturnDocument = ReturnDocument.Before;
        claimed = await jobs.FindOneAndUpdateAsync(Json.Document("{s: 'q'}"), Json.Document("{$set: {s: 'r'}}"), options);
        Assert.Equal(Json.Document("{_id: 3, s: 'q'}"), claimed);

        Assert.Null(await jobs.FindOneAndUpdateAsync(Json.Document("{s: 'none'}"), Json.Document("{$set: {s: 'r'}}")));
        Assert.Equal(1, (await jobs.FindOneAndDeleteAsync(Json.Document("{s: 'q'}")))["_id"]);
        var replaced = await jobs.FindOneAndReplaceAsync(
            Json.Document("{_id: 'new'}"),
            Json.Document("{x: 1}"),
            new FindOneAndReplaceOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After }
        );
        Assert.Equal(Json.Document("{_id: 'new', x: 1}"), replaced);
    }

    [Fact]
    public async Task Array_filters_and_the_positional_operator_update_only_matched_elements()
    {
        var courses = await server.CreateCollectionAsync(
            "[{_id: 1, lectures: [{n: 1, parts: [1, 2]}, {n: 2, parts: [3, 4]}, {n: 3, parts: []}]}]"
        );
        await courses.UpdateOneAsync(
            Json.Document("{_id: 1}"),
            Json.Document("{$set: {'lectures.$[l].parts.$[p]': 0}, $push: {'lectures.$[e].parts': 9}}"),
            new UpdateOptions
            {
                ArrayFilters =
                [
                    new BsonDocumentArrayFilterDefinition<BsonDocument>(Json.Document("{'l.n': {$lte: 2}}")),
                    new BsonDocumentArrayFilterDefinition<BsonDocument>(Json.Document("{p: {$gt: 1, $lt: 4}}")),
                    new BsonDocumentArrayFilterDefinition<BsonDocument>(Json.Document("{'e.parts': {$size: 0}}")),
                ],
            }
        );
        Assert.Equal(
            Json.Array("[{n: 1, parts: [1, 0]}, {n: 2, parts: [0, 4]}, {n: 3, parts: [9]}]"),
            (await courses.Find(All).SingleAsync())["lectures"]
        );

        await courses.UpdateOneAsync(
            Json.Document("{'lectures.n': 2}"),
            Json.Document("{$set: {'lectures.$.done': true}, $inc: {'lectures.$.n': 40}}")
        );
        Assert.Equal(Json.Document("{n: 42, parts: [0, 4], done: true}"), (await courses.Find(All).SingleAsync())["lectures"][1]);
    }

    [Fact]
    public async Task Concurrent_increments_are_all_counted()
    {
        var collection = await server.CreateCollectionAsync("[{_id: 1, n: 0}]");
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async _ =>
                {
                    for (var i = 0; i < 50; i++)
                        await collection.UpdateOneAsync(Json.Document("{_id: 1}"), Json.Document("{$inc: {n: 1}, $push: {log: 1}}"));
                })
        );
        var document = await collection.Find(All).SingleAsync();
        Assert.Equal((800, 800), (document["n"].AsInt32, document["log"].AsBsonArray.Count));
    }

    [Fact]
    public async Task A_document_over_16_MB_is_rejected_and_the_stored_one_is_unchanged()
    {
        var collection = await server.CreateCollectionAsync("[{_id: 1}]");
        var half = new BsonBinaryData(new byte[9 * 1024 * 1024]);
        await collection.UpdateOneAsync(Json.Document("{_id: 1}"), new BsonDocument("$set", new BsonDocument("a", half)));
        var error = await Assert.ThrowsAsync<MongoWriteException>(() =>
            collection.UpdateOneAsync(Json.Document("{_id: 1}"), new BsonDocument("$set", new BsonDocument("b", half)))
        );
        Assert.Contains(error.WriteError.Code, new[] { 17419, 10334 });
        Assert.Equal(["_id", "a"], (await collection.Find(All).SingleAsync()).Names);
    }
}
