using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Server;

public sealed class ExplainTests : IAsyncLifetime
{
    private EmbeddedMongoServer _server = null!;
    private IMongoDatabase _database = null!;
    private IMongoCollection<BsonDocument> _movies = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        _database = new MongoClient(_server.ConnectionString).GetDatabase("explain");
        _movies = _database.GetCollection<BsonDocument>("movies");
        await _movies.InsertManyAsync(
            Enumerable
                .Range(0, 1000)
                .Select(i => new BsonDocument
                {
                    { "_id", i },
                    { "year", 1950 + (i % 50) },
                    { "title", $"movie {i:000}" },
                    { "rating", i % 10 },
                    {
                        "words",
                        new BsonArray { $"w{i % 7}", $"v{i % 11}" }
                    },
                })
        );
        await _movies.Indexes.CreateManyAsync([new("{year: 1, rating: -1}"), new("{title: 1}"), new("{words: 1}")]);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("{_id: 7}", "{}", 0, "IDHACK", null, 1, 1, 1)]
    [InlineData("{year: 1960}", "{}", 0, "FETCH>IXSCAN", "year_1_rating_-1", 20, 20, 20)]
    [InlineData("{year: 1960, rating: 0}", "{}", 0, "FETCH>IXSCAN", "year_1_rating_-1", 20, 20, 20)]
    [InlineData("{year: {$gte: 1960, $lt: 1962}}", "{}", 0, "FETCH>IXSCAN", "year_1_rating_-1", 40, 40, 40)]
    [InlineData("{year: {$in: [1960, 1970, 2500]}}", "{}", 0, "FETCH>IXSCAN", "year_1_rating_-1", 40, 40, 40)]
    [InlineData("{title: /^movie 01/}", "{}", 0, "FETCH>IXSCAN", "title_1", 10, 10, 10)]
    [InlineData("{title: /ovie 01/}", "{}", 0, "COLLSCAN", null, 0, 1000, 10)]
    [InlineData("{words: 'w1'}", "{}", 0, "FETCH>IXSCAN", "words_1", 143, 143, 143)]
    [InlineData("{year: 1960}", "{rating: -1}", 5, "LIMIT>FETCH>IXSCAN", "year_1_rating_-1", 5, 5, 5)]
    [InlineData("{year: 1960}", "{rating: 1}", 5, "LIMIT>FETCH>IXSCAN", "year_1_rating_-1", 5, 5, 5)]
    [InlineData("{}", "{title: -1}", 3, "LIMIT>FETCH>IXSCAN", "title_1", 3, 3, 3)]
    [InlineData("{rating: 3}", "{}", 0, "COLLSCAN", null, 0, 1000, 100)]
    [InlineData("{year: 1960}", "{title: 1}", 0, "SORT>FETCH>IXSCAN", "year_1_rating_-1", 20, 20, 20)]
    [InlineData("{year: {$gt: 5, $lt: 3}}", "{}", 0, "FETCH>IXSCAN", "year_1_rating_-1", 0, 0, 0)]
    public async Task Explain_returns_the_plan_and_the_examined_counts(
        string filter,
        string sort,
        int limit,
        string stages,
        string? index,
        int keys,
        int documents,
        int returned
    )
    {
        var explained = await Explain(
            new BsonDocument
            {
                { "find", "movies" },
                { "filter", BsonDocument.Parse(filter) },
                { "sort", BsonDocument.Parse(sort) },
                { "limit", limit },
            }
        );
        var plan = explained["queryPlanner"]["winningPlan"].AsBsonDocument;
        var executed = explained["executionStats"].AsBsonDocument;
        Assert.Equal(stages, Chain(plan, out var indexName));
        Assert.Equal(index, indexName);
        Assert.Equal(
            (keys, documents, returned),
            (executed["totalKeysExamined"].AsInt32, executed["totalDocsExamined"].AsInt32, executed["nReturned"].AsInt32)
        );
        var found = await _movies.Find(BsonDocument.Parse(filter)).Sort(BsonDocument.Parse(sort)).Limit(limit).ToListAsync();
        Assert.Equal(returned, found.Count);
    }

    [Fact]
    public async Task Or_of_indexed_branches_returns_a_document_once()
    {
        var explained = await Explain(
            BsonDocument.Parse("{find: 'movies', filter: {$or: [{year: 1960}, {title: 'movie 010'}, {_id: 60}]}}")
        );
        Assert.Equal("FETCH>OR", Chain(explained["queryPlanner"]["winningPlan"].AsBsonDocument, out _));
        Assert.Equal(20, explained["executionStats"]["nReturned"]);
        Assert.Equal(22, explained["executionStats"]["totalKeysExamined"]);
    }

    [Fact]
    public async Task Skip_over_an_exact_range_reads_keys_and_no_documents()
    {
        var query = "find: 'movies', filter: {year: {$gte: 1960}}, sort: {year: 1, rating: -1}";
        var explained = await Explain(BsonDocument.Parse($"{{{query}, skip: 30, limit: 5}}"));
        Assert.Equal("LIMIT>FETCH>SKIP>IXSCAN", Chain(explained["queryPlanner"]["winningPlan"].AsBsonDocument, out _));
        var executed = explained["executionStats"].AsBsonDocument;
        Assert.Equal(
            (35, 5, 5),
            (executed["totalKeysExamined"].AsInt32, executed["totalDocsExamined"].AsInt32, executed["nReturned"].AsInt32)
        );
        var all = await _movies.Find("{year: {$gte: 1960}}").Sort("{year: 1, rating: -1}").ToListAsync();
        var page = await _movies.Find("{year: {$gte: 1960}}").Sort("{year: 1, rating: -1}").Skip(30).Limit(5).ToListAsync();
        Assert.Equal(all.Skip(30).Take(5), page);
    }

    [Theory]
    [InlineData("[{$skip: 998}, {$project: {title: 1}}]", 2)]
    [InlineData("[{$match: {rating: 3}}, {$skip: 98}, {$project: {title: 1}}]", 2)]
    [InlineData("[{$match: {words: /^w/}}, {$skip: 999}, {$project: {title: 1}}]", 1)]
    [InlineData("[{$match: {_id: 7}}, {$skip: 1}, {$project: {title: 1}}]", 0)]
    [InlineData("[{$match: {_id: 7}}, {$limit: 1}, {$project: {title: 1}}]", 1)]
    public async Task Skip_in_a_pipeline_leaves_the_other_documents(string pipeline, int returned)
    {
        var stages = MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonArray>(pipeline).Select(stage => stage.AsBsonDocument);
        var found = await _movies.Aggregate<BsonDocument>(stages.ToArray()).ToListAsync();
        Assert.Equal(returned, found.Count);
        Assert.All(found, movie => Assert.Equal($"movie {movie["_id"].AsInt32:000}", movie["title"]));
    }

    [Fact]
    public async Task Count_over_an_exact_range_examines_keys_only()
    {
        var explained = await Explain(BsonDocument.Parse("{count: 'movies', query: {year: {$gte: 1960, $lt: 1970}}}"));
        Assert.Equal("COUNT>COUNT_SCAN", Chain(explained["queryPlanner"]["winningPlan"].AsBsonDocument, out _));
        Assert.Equal(
            (200, 0),
            (explained["executionStats"]["totalKeysExamined"].AsInt32, explained["executionStats"]["totalDocsExamined"].AsInt32)
        );
        Assert.Equal(200, await _movies.CountDocumentsAsync("{year: {$gte: 1960, $lt: 1970}}"));
    }

    [Fact]
    public async Task Hint_selects_the_index_and_an_unknown_hint_is_rejected()
    {
        var explained = await Explain(BsonDocument.Parse("{find: 'movies', filter: {year: 1960}, hint: {title: 1}}"));
        Chain(explained["queryPlanner"]["winningPlan"].AsBsonDocument, out var index);
        Assert.Equal("title_1", index);
        Assert.Equal(1000, explained["executionStats"]["totalDocsExamined"]);
        var error = await Assert.ThrowsAsync<MongoCommandException>(() =>
            Explain(BsonDocument.Parse("{find: 'movies', filter: {}, hint: 'none'}"))
        );
        Assert.Equal(2, error.Code);
    }

    [Fact]
    public async Task Explain_plans_the_leading_stages_and_lists_the_rest()
    {
        var explained = await Explain(
            BsonDocument.Parse(
                "{aggregate: 'movies', cursor: {}, pipeline: [{$match: {year: 1960}}, {$group: {_id: '$rating', n: {$sum: 1}}}]}"
            )
        );
        var head = explained["stages"][0]["$cursor"];
        Assert.Equal("FETCH>IXSCAN", Chain(head["queryPlanner"]["winningPlan"].AsBsonDocument, out _));
        Assert.Equal(20, head["executionStats"]["totalDocsExamined"]);
        Assert.True(explained["stages"][1].AsBsonDocument.Contains("$group"));
    }

    [Fact]
    public async Task Partial_index_serves_only_queries_that_imply_its_filter()
    {
        await _movies.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(
                "{rating: 1}",
                new CreateIndexOptions<BsonDocument> { PartialFilterExpression = "{rating: {$gt: 5}}" }
            )
        );
        Assert.Equal(
            "FETCH>IXSCAN",
            Chain(
                (await Explain(BsonDocument.Parse("{find: 'movies', filter: {rating: 7}}")))["queryPlanner"]["winningPlan"].AsBsonDocument,
                out _
            )
        );
        Assert.Equal(
            "COLLSCAN",
            Chain(
                (await Explain(BsonDocument.Parse("{find: 'movies', filter: {rating: 3}}")))["queryPlanner"]["winningPlan"].AsBsonDocument,
                out _
            )
        );
        Assert.Equal(100, await _movies.CountDocumentsAsync("{rating: 3}"));
        Assert.Equal(100, await _movies.CountDocumentsAsync("{rating: 7}"));
    }

    private Task<BsonDocument> Explain(BsonDocument command) =>
        _database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", command }, { "verbosity", "executionStats" } });

    private static string Chain(BsonDocument plan, out string? index)
    {
        index = null;
        var stages = new List<string>();
        for (var stage = plan; stage is not null; stage = stage.GetValue("inputStage", null)?.AsBsonDocument)
        {
            stages.Add(stage["stage"].AsString);
            index = stage.GetValue("indexName", null)?.AsString ?? index;
        }

        return string.Join('>', stages);
    }
}
