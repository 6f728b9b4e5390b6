using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Linq;

namespace EmbeddedMongo.Tests.Clients;

/// <summary>Reads through the unmodified MongoDB.Driver: filters, projections, sorts, distinct values, LINQ and errors.</summary>
public sealed class DriverReadTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Movies = """
        [{_id: 1, title: 'Metropolis', year: 1927, genres: ['drama', 'sf'], rating: {imdb: 8.3, votes: 170}, cast: [{n: 'Helm', r: 'Maria'}]},
         {_id: 2, title: 'M', year: 1931, genres: ['crime'], rating: {imdb: 8.3, votes: 150}, cast: [{n: 'Lorre', r: 'Beckert'}, {n: 'Gründgens'}]},
         {_id: 3, title: 'Playtime', year: 1967, genres: [], rating: null, cast: [{n: 'Tati', r: 'Hulot'}]},
         {_id: 4, title: 'Amélie', year: NumberLong(2001), genres: ['comedy', 'drama'], cast: []},
         {_id: 5, title: 'Koyaanisqatsi', year: 1982.0, genres: 'documentary'}]
        """;

    [Theory]
    [InlineData("{year: {$gte: 1931, $lt: 1982}}", "2 3")]
    [InlineData("{genres: 'drama'}", "1 4")]
    [InlineData("{genres: {$all: ['drama', 'sf']}}", "1")]
    [InlineData("{genres: []}", "3")]
    [InlineData("{'cast.n': 'Lorre', 'cast.r': {$exists: true}}", "2")]
    [InlineData("{cast: {$elemMatch: {n: 'Gründgens', r: {$exists: false}}}}", "2")]
    [InlineData("{'cast.0.r': 'Hulot'}", "3")]
    [InlineData("{rating: null}", "3 4 5")]
    [InlineData("{'rating.imdb': {$ne: 8.3}}", "3 4 5")]
    [InlineData("{title: /^m/i}", "1 2")]
    [InlineData("{title: {$in: ['M', /É/i]}}", "2 4")]
    [InlineData("{$expr: {$gt: [{$size: {$ifNull: ['$cast', []]}}, 1]}}", "2")]
    [InlineData("{$or: [{year: 1982}, {genres: {$size: 2}, year: {$gt: 2000}}]}", "4 5")]
    [InlineData("{year: {$type: 'long'}}", "4")]
    [InlineData("{genres: {$type: 'string'}}", "1 2 4 5")]
    [InlineData("{year: {$mod: [2, 0]}}", "5")]
    public async Task A_filter_matches_the_documented_documents(string filter, string expected)
    {
        var movies = await server.CreateCollectionAsync(Movies);
        var found = await movies.Find(Json.Document(filter)).Sort(Json.Document("{_id: 1}")).ToListAsync();
        Assert.Equal(expected, string.Join(' ', found.Select(static movie => movie["_id"])));
        Assert.Equal(found.Count, await movies.CountDocumentsAsync(Json.Document(filter)));
    }

    [Theory]
    [InlineData("{genres: 1, _id: 1}", "3 4 2 5 1")]
    [InlineData("{genres: -1, _id: 1}", "1 4 5 2 3")]
    [InlineData("{'rating.imdb': -1, title: 1}", "2 1 4 5 3")]
    [InlineData("{'cast.n': -1, _id: -1}", "3 2 1 5 4")]
    public async Task A_sort_orders_arrays_nulls_and_missing_fields(string sort, string expected)
    {
        var movies = await server.CreateCollectionAsync(Movies);
        var found = await movies.Find(FilterDefinition<BsonDocument>.Empty).Sort(Json.Document(sort)).ToListAsync();
        Assert.Equal(expected, string.Join(' ', found.Select(static movie => movie["_id"])));
    }

    [Fact]
    public async Task A_projection_computes_fields_slices_arrays_and_selects_elements()
    {
        var movies = await server.CreateCollectionAsync(Movies);
        var movie = await movies
            .Find(Json.Document("{'cast.n': 'Gründgens'}"))
            .Project(Json.Document("{title: 1, 'cast.$': 1}"))
            .SingleAsync();
        Assert.Equal(Json.Document("{_id: 2, title: 'M', cast: [{n: 'Gründgens'}]}"), movie);
        movie = await movies
            .Find(Json.Document("{_id: 2}"))
            .Project(Json.Document("{_id: 0, cast: {$slice: -1}, decade: {$multiply: [{$floor: {$divide: ['$year', 10]}}, 10]}}"))
            .SingleAsync();
        Assert.Equal(Json.Document("{cast: [{n: 'Gründgens'}], decade: 1930.0}"), movie);
    }

    [Fact]
    public async Task Distinct_unwinds_arrays_and_counts_equal_numbers_once()
    {
        var movies = await server.CreateCollectionAsync(Movies);
        var genres = await (await movies.DistinctAsync<string>("genres", FilterDefinition<BsonDocument>.Empty)).ToListAsync();
        Assert.Equal(["comedy", "crime", "documentary", "drama", "sf"], genres.Order(StringComparer.Ordinal));
        var names = await (await movies.DistinctAsync<string>("cast.n", Json.Document("{year: {$lt: 1960}}"))).ToListAsync();
        Assert.Equal(["Gründgens", "Helm", "Lorre"], names.Order(StringComparer.Ordinal));
        await movies.InsertOneAsync(Json.Document("{year: 1982}"));
        Assert.Equal(5, (await (await movies.DistinctAsync<double>("year", FilterDefinition<BsonDocument>.Empty)).ToListAsync()).Count);
    }

    private sealed record Movie(int Id, string Title, int Year);

    [Fact]
    public async Task Linq_queries_translate_and_run()
    {
        var name = (
            await server.CreateCollectionAsync(
                "[{_id: 1, Title: 'A', Year: 1950}, {_id: 2, Title: 'B', Year: 1960}, {_id: 3, Title: 'C', Year: 1960}]"
            )
        )
            .CollectionNamespace
            .CollectionName;
        var movies = server.Database.GetCollection<Movie>(name).AsQueryable();
        var byYear = await movies
            .Where(m => m.Year >= 1950)
            .GroupBy(m => m.Year)
            .Select(g => new
            {
                Year = g.Key,
                Count = g.Count(),
                Last = g.Max(m => m.Title),
            })
            .OrderByDescending(g => g.Year)
            .ToListAsync();
        Assert.Equal([(1960, 2, "C"), (1950, 1, "A")], byYear.Select(static g => (g.Year, g.Count, g.Last)));
        Assert.Equal(["b"], await movies.Where(m => m.Title.ToLower() == "b").Select(m => m.Title.ToLower()).ToListAsync());
        Assert.True(await movies.AnyAsync(m => m.Title.StartsWith('C')));
    }

    [Theory]
    [InlineData("{a: {$nope: 1}}", null, null, 2)]
    [InlineData("{$nope: 1}", null, null, 2)]
    [InlineData("{$where: '1'}", null, null, 2)]
    [InlineData("{a: {$regex: '('}}", null, null, 51091)]
    [InlineData("{}", "{a: 1, b: 0}", null, 31254)]
    [InlineData("{}", "{a: {$nope: 1}}", null, 31325)]
    [InlineData("{}", null, "{a: 2}", 15975)]
    public async Task A_rejected_find_returns_the_MongoDB_error_code(string filter, string? projection, string? sort, int code)
    {
        var movies = await server.CreateCollectionAsync(Movies);
        var find = movies.Find(Json.Document(filter));
        find = sort is null ? find : find.Sort(Json.Document(sort));
        find = projection is null ? find : find.Project(Json.Document(projection));
        Assert.Equal(code, (await Assert.ThrowsAsync<MongoCommandException>(() => find.ToListAsync())).Code);
    }

    [Fact]
    public async Task A_cursor_returns_a_consistent_snapshot_during_writes()
    {
        var collection = server.NewCollection();
        for (var batch = 0; batch < 20; batch++)
        {
            await collection.InsertManyAsync(
                Enumerable.Range(batch * 1000, 1000).Select(static i => new BsonDocument { { "_id", i }, { "n", i % 7 } })
            );
        }

        var seen = 0;
        using var cursor = await collection.Find(FilterDefinition<BsonDocument>.Empty, new FindOptions { BatchSize = 333 }).ToCursorAsync();
        while (await cursor.MoveNextAsync())
        {
            seen += cursor.Current.Count();
            if (seen > 5000)
            {
                // Writes succeed while the cursor is open, and its snapshot does not include them.
                await collection.InsertOneAsync(new BsonDocument("_id", -seen));
            }
        }

        Assert.Equal(20_000, seen);
    }
}
