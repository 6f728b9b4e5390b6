using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Bench;

/// <summary>
/// Measures pages of a search for word prefixes in a large collection, sorted by rating. Arguments: <c>search [DOCUMENTS]</c>.
/// </summary>
internal static class SearchBench
{
    private const int PageSize = 21;
    private const int Runs = 31;
    private const int MinRuns = 3;
    private const double MaxMilliseconds = 5_000;

    private static readonly (string Name, string Filter)[] Queries =
    [
        ("a genre, indexed", "{genreKey: 'genre 3'}"),
        ("one word, 1 %", "{words: /^one/}"),
        ("two words, 1 % each", "{words: /^one/, $and: [{words: /^two/}]}"),
        ("three words, 1 % each", "{words: /^one/, $and: [{words: /^two/}, {words: /^three/}]}"),
        ("two words, 1 % each, no match", "{words: /^one/, $and: [{words: /^disjoint/}]}"),
        ("one word, 50 %", "{words: /^half/}"),
        ("two words, 50 % and 33 %", "{words: /^half/, $and: [{words: /^third/}]}"),
        ("two words, 50 % and 1 %", "{words: /^half/, $and: [{words: /^one/}]}"),
        ("two words, 50 % and 0.01 %", "{words: /^half/, $and: [{words: /^rare/}]}"),
        ("one word, 1 %, lowest ratings", "{words: /^low/}"),
        ("one word, 30 %, lowest ratings", "{words: /^bottom/}"),
        ("two words, 10 %, match at the end", "{words: /^under/, $and: [{words: /^down/}]}"),
        ("one word, 1 %, and a genre", "{words: /^one/, genreKey: 'genre 3'}"),
    ];

    public static async Task<int> RunAsync(int count)
    {
        await using var server = await ServerProcess.StartAsync("serve", "embedded");
        var database = new MongoClient(server.ConnectionString).GetDatabase("bench");
        var movies = database.GetCollection<BsonDocument>("movies");
        await movies.Indexes.CreateManyAsync([
            new("{words: 1}"),
            new("{ratingKey: 1, _id: 1}"),
            new("{genreKey: 1, ratingKey: 1, _id: 1}"),
        ]);
        var clock = Stopwatch.StartNew();
        foreach (var ids in Enumerable.Range(0, count).Chunk(1000))
            await movies.InsertManyAsync(ids.Select(id => Movie(id, count)), new InsertManyOptions { IsOrdered = false });

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:#,0} movies inserted in {clock.Elapsed.TotalSeconds:0} s, {server.ResidentBytes >> 20} MB resident"
            )
        );
        Console.WriteLine($"{"page of 20 by rating", -36}{"p50", 12}{"CPU", 12}{"documents", 12}{"keys", 12}  plan");
        foreach (var (name, filter) in Queries)
            await MeasureAsync(server, database, name, BsonDocument.Parse(filter).Add("deletedAt", BsonNull.Value));

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server.ResidentBytes >> 20} MB resident"));
        return 0;
    }

    private static async Task MeasureAsync(ServerProcess server, IMongoDatabase database, string name, BsonDocument filter)
    {
        var find = new BsonDocument
        {
            { "find", "movies" },
            { "filter", filter },
            {
                "sort",
                new BsonDocument { { "ratingKey", -1 }, { "_id", -1 } }
            },
            { "limit", PageSize },
        };
        var times = new List<double>();
        var before = server.ProcessorTime;
        while (times.Count < Runs && (times.Count < MinRuns || times.Sum() < MaxMilliseconds))
        {
            var clock = Stopwatch.StartNew();
            await database.RunCommandAsync<BsonDocument>(find);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        var processor = (server.ProcessorTime - before).TotalMilliseconds / times.Count;
        times.Sort();
        var explained = await database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "explain", find }, { "verbosity", "executionStats" } }
        );
        var executed = explained["executionStats"].AsBsonDocument;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -36}{times[times.Count / 2], 9:0.0} ms{processor, 9:0.0} ms{executed["totalDocsExamined"].AsInt32, 12:#,0}{executed["totalKeysExamined"].AsInt32, 12:#,0}  {Describe(executed["executionStages"].AsBsonDocument)}"
            )
        );
    }

    private static string Describe(BsonDocument stage) =>
        stage.TryGetValue("inputStage", out var input) ? $"{stage["stage"]} > {Describe(input.AsBsonDocument)}" : stage["stage"].AsString;

    /// <summary>Creates a movie of about 700 bytes. Some words occur only among the lowest ratings.</summary>
    private static BsonDocument Movie(int id, int count)
    {
        var hash = (uint)id * 2_654_435_761 >> 4;
        var rank = (int)((long)id * 7919 % count);
        var words = new BsonArray { $"title{id}", $"w{hash % 5000}" };
        Add("half", hash / 1000 % 2 == 0);
        Add("third", hash / 7000 % 3 == 0);
        Add("one", hash % 100 == 1);
        Add("two", hash % 100 == 2 || (hash % 100 == 1 && hash / 100 % 3 == 0));
        Add("three", hash % 100 == 3 || (hash % 100 == 1 && hash / 100 % 6 == 0));
        Add("disjoint", hash % 100 == 4);
        Add("rare", hash % 10_000 == 5);
        Add("low", rank < count / 100);
        Add("bottom", rank < count / 10 * 3);
        Add("under", rank < count / 200 || hash % 10 == 6);
        Add("down", rank < count / 200 || hash % 10 == 7);
        return new BsonDocument
        {
            { "_id", new ObjectId(id.ToString("x24", CultureInfo.InvariantCulture)) },
            { "title", $"Movie {id} of the list" },
            { "words", words },
            { "genreKey", $"genre {hash / 1000 % 20}" },
            { "ratingKey", rank / (double)count * 10 },
            { "plot", new string('x', 400) },
        };

        void Add(string word, bool contains)
        {
            if (contains)
                words.Add($"{word}{id % 9}");
        }
    }
}
