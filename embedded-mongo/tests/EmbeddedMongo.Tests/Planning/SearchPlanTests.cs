using EmbeddedMongo.Tests.Clients;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Planning;

/// <summary>
/// A sorted page of documents whose arrays have several prefixes examines a bounded number of documents, whichever of the words are rare
/// and wherever their documents are in the sort order.
/// </summary>
public sealed class SearchPlanTests(SearchPlanTests.Movies movies) : IClassFixture<SearchPlanTests.Movies>
{
    private const int Count = 100_000;
    private const int PageSize = 21;
    private const int MaxDocuments = 10_000;

    /// <summary>Movies whose rating is their ID. Every word has a suffix, so only prefixes find it.</summary>
    public sealed class Movies : IAsyncLifetime
    {
        private readonly ServerFixture _server = new();

        public IMongoDatabase Database => _server.Database;

        internal static List<(int Id, string[] Words)> All { get; } = [.. Enumerable.Range(0, Count).Select(id => (id, GetWords(id)))];

        public async ValueTask InitializeAsync()
        {
            await _server.InitializeAsync();
            var movies = Database.GetCollection<BsonDocument>("movies");
            foreach (var chunk in All.Chunk(5000))
            {
                await movies.InsertManyAsync(
                    chunk.Select(movie => new BsonDocument
                    {
                        { "_id", movie.Id },
                        { "rating", movie.Id },
                        { "words", new BsonArray(movie.Words) },
                    })
                );
            }

            await movies.Indexes.CreateManyAsync([new("{words: 1}"), new("{rating: 1, _id: 1}")]);
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private static string[] GetWords(int id)
        {
            var hash = (uint)id * 2_654_435_761 >> 8;
            var words = new List<string> { $"title{id}" };
            Add("half", hash % 2 == 0);
            Add("third", hash % 3 == 0);
            Add("one", hash % 100 == 1);
            Add("two", hash % 100 == 2 || (hash % 100 == 1 && hash / 100 % 3 == 0));
            Add("three", hash % 100 == 3 || (hash % 100 == 1 && hash / 100 % 6 == 0));
            Add("disjoint", hash % 100 == 4);
            Add("lowest", id < 1000);
            Add("least", id < 1200);
            Add("low", id < 1000 || hash % 10 == 5);
            Add("under", id < 1000 || hash % 10 == 6);
            Add("bottom", id < 30_000);
            return [.. words];

            void Add(string word, bool contains)
            {
                if (contains)
                    words.Add($"{word}{id % 9}");
            }
        }
    }

    [Theory]
    [InlineData("one", MaxDocuments)]
    [InlineData("one two", MaxDocuments)]
    [InlineData("one two three", MaxDocuments)]
    [InlineData("half", 200)]
    [InlineData("half third", 600)]
    [InlineData("half one", MaxDocuments)]
    [InlineData("title4", MaxDocuments)]
    [InlineData("title4 half", MaxDocuments)]
    [InlineData("title4711", 20)]
    [InlineData("title47 half third", 1200)]
    // All matches are at the end of the sort order.
    [InlineData("lowest", MaxDocuments)]
    [InlineData("lowest least", MaxDocuments)]
    [InlineData("lowest least half", MaxDocuments)]
    [InlineData("low under", MaxDocuments)]
    [InlineData("bottom", MaxDocuments)]
    [InlineData("bottom half third", MaxDocuments)]
    // No common match.
    [InlineData("one disjoint", 0)]
    [InlineData("one two disjoint", 0)]
    [InlineData("lowest least disjoint", 20)]
    [InlineData("one missing", 0)]
    public async Task Page_of_a_search_examines_a_bounded_number_of_documents(string words, int maxDocuments)
    {
        var found = Movies.All.Where(movie =>
            words.Split(' ').All(prefix => movie.Words.Any(word => word.StartsWith(prefix, StringComparison.Ordinal)))
        );
        foreach (var direction in (int[])[-1, 1])
        {
            var expected = (direction < 0 ? found.Reverse() : found).Select(movie => movie.Id).Take(PageSize);
            Assert.Equal(expected, await FindAsync(words, direction));
            var executed = await ExplainAsync(words, direction);
            Assert.InRange(executed["totalDocsExamined"].AsInt32, 0, maxDocuments);
        }
    }

    [Theory]
    [InlineData("half", "LIMIT>FETCH>IXSCAN rating_1__id_1")]
    [InlineData("half third", "LIMIT>FETCH>IXSCAN rating_1__id_1")]
    [InlineData("title4711 half", "SORT>FETCH>IXSCAN words_1")]
    [InlineData("one disjoint", "LIMIT>FETCH>AND_HASH>IXSCAN words_1,IXSCAN words_1,IXSCAN rating_1__id_1")]
    [InlineData("bottom", "LIMIT>FETCH>AND_HASH>IXSCAN words_1,IXSCAN rating_1__id_1")]
    [InlineData("low under", "SORT>FETCH>AND_HASH>IXSCAN words_1,IXSCAN words_1,IXSCAN rating_1__id_1")]
    public async Task Explain_shows_whether_keys_were_intersected(string words, string stages) =>
        Assert.Equal(stages, Describe((await ExplainAsync(words, -1))["executionStages"].AsBsonDocument));

    [Fact]
    public async Task Rarest_word_is_read_first()
    {
        var executed = await ExplainAsync("half one", -1);
        var and = executed["executionStages"]["inputStage"]["inputStage"];
        Assert.Equal("[\"one\", \"onf\")", and["inputStages"][0]["indexBounds"]["words"][0]);
        Assert.InRange(and["inputStages"][0]["keysExamined"].AsInt64, 900, 1100);
    }

    private async Task<List<int>> FindAsync(string words, int direction)
    {
        var movies = await Collection.Find(Filter(words)).Sort(Sort(direction)).Limit(PageSize).ToListAsync();
        return movies.ConvertAll(movie => movie["_id"].AsInt32);
    }

    private IMongoCollection<BsonDocument> Collection => movies.Database.GetCollection<BsonDocument>("movies");

    private async Task<BsonDocument> ExplainAsync(string words, int direction)
    {
        var find = new BsonDocument
        {
            { "find", "movies" },
            { "filter", Filter(words) },
            { "sort", Sort(direction) },
            { "limit", PageSize },
        };
        var explained = await movies.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "explain", find }, { "verbosity", "executionStats" } }
        );
        return explained["executionStats"].AsBsonDocument;
    }

    private static BsonDocument Filter(string words) =>
        new()
        {
            { "deletedAt", BsonNull.Value },
            { "$and", new BsonArray(words.Split(' ').Select(word => new BsonDocument("words", new BsonRegularExpression("^" + word)))) },
        };

    private static BsonDocument Sort(int direction) => new() { { "rating", direction }, { "_id", direction } };

    private static string Describe(BsonDocument stage)
    {
        var name = stage["stage"].AsString;
        if (stage.TryGetValue("indexName", out var index))
            return $"{name} {index}";

        var inputs = stage.TryGetValue("inputStages", out var several) ? several.AsBsonArray : [stage["inputStage"]];
        return $"{name}>{string.Join(',', inputs.Select(input => Describe(input.AsBsonDocument)))}";
    }
}
