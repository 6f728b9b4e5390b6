using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Bench;

/// <summary>
/// Measures the time per document of scans, lookups and skips, and the CPU time of the server, which other load on the machine affects
/// less. Arguments: <c>scans [NAME] [--disk]</c>; a name selects the rows that contain it.
/// </summary>
internal static class ScanBench
{
    private const int Movies = 100_000;
    private const int Local = 10_000;
    private const int Runs = 3;

    /// <summary>Minimum number of documents per row over all runs, so that most of them run compiled code.</summary>
    private const int MinDocuments = 400_000;

    private static readonly (string Name, string Collection, int Documents, string Pipeline)[] Rows =
    [
        (
            "$group",
            "movies",
            Movies,
            "[{$match: {deletedAt: null}}, {$group: {_id: '$genre', mean: {$avg: '$rating'}, n: {$sum: 1}}}, {$sort: {_id: 1}}]"
        ),
        ("$group by a nested path", "movies", Movies, "[{$group: {_id: '$director.nationality', gross: {$sum: '$gross.us'}}}]"),
        (
            "$bucket",
            "movies",
            Movies,
            """
            [{$match: {deletedAt: null}}, {$bucket: {groupBy: '$rating', boundaries: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11], default: 'other',
              output: {n: {$sum: 1}, mean: {$avg: '$rating'}}}}]
            """
        ),
        (
            "$facet with 4 pipelines",
            "movies",
            Movies,
            """
            [{$match: {deletedAt: null}}, {$facet: {
              genres: [{$group: {_id: '$genre', n: {$sum: 1}}}, {$sort: {n: -1, _id: 1}}],
              decades: [{$group: {_id: {$subtract: ['$year', {$mod: ['$year', 10]}]}, n: {$sum: 1}}}, {$sort: {_id: 1}}],
              bands: [{$match: {rating: {$gte: 0}}}, {$group: {_id: {$min: [{$floor: {$divide: ['$rating', 2]}}, 4]}, n: {$sum: 1}}}],
              distributors: [{$group: {_id: '$distributor', n: {$sum: 1}}}, {$sort: {n: -1, _id: 1}}, {$limit: 20}]
            }}]
            """
        ),
        (
            "$facet of 20 % by an index",
            "movies",
            Movies / 5,
            """
            [{$match: {deletedAt: null, words: {$regex: '^fifth'}}}, {$facet: {
              genres: [{$group: {_id: '$genre', n: {$sum: 1}}}, {$sort: {n: -1, _id: 1}}],
              decades: [{$group: {_id: {$subtract: ['$year', {$mod: ['$year', 10]}]}, n: {$sum: 1}}}, {$sort: {_id: 1}}],
              bands: [{$match: {rating: {$gte: 0}}}, {$group: {_id: {$min: [{$floor: {$divide: ['$rating', 2]}}, 4]}, n: {$sum: 1}}}],
              distributors: [{$group: {_id: '$distributor', n: {$sum: 1}}}, {$sort: {n: -1, _id: 1}}, {$limit: 20}]
            }}]
            """
        ),
        (
            "$facet of 3 % by an index",
            "movies",
            Movies / 35,
            """
            [{$match: {deletedAt: null, words: {$regex: '^fifth3'}}}, {$facet: {
              genres: [{$group: {_id: '$genre', n: {$sum: 1}}}, {$sort: {n: -1, _id: 1}}],
              decades: [{$group: {_id: {$subtract: ['$year', {$mod: ['$year', 10]}]}, n: {$sum: 1}}}, {$sort: {_id: 1}}],
              bands: [{$match: {rating: {$gte: 0}}}, {$group: {_id: {$min: [{$floor: {$divide: ['$rating', 2]}}, 4]}, n: {$sum: 1}}}],
              distributors: [{$group: {_id: '$distributor', n: {$sum: 1}}}, {$sort: {n: -1, _id: 1}}, {$limit: 20}]
            }}]
            """
        ),
        ("$lookup by _id in 10,000 documents", "local", Local, Lookup("foreign10000")),
        ("$lookup by _id in 1,000,000 documents", "local", Local, Lookup("foreign1000000")),
        ("$skip", "movies", Movies - 1, $"[{{$skip: {Movies - 1}}}]"),
        ("$skip in index order", "movies", Movies - 1, $"[{{$sort: {{rating: 1}}}}, {{$skip: {Movies - 1}}}]"),
        (
            "$skip of an indexed range",
            "movies",
            Movies - 10_000,
            $"[{{$match: {{rating: {{$gte: 0}}}}}}, {{$skip: {Movies - 10_000}}}, {{$limit: 1}}]"
        ),
        ("$skip of filtered documents", "movies", Movies - 1, $"[{{$match: {{deletedAt: null}}}}, {{$skip: {Movies - 1}}}]"),
    ];

    public static async Task RunAsync(string[] arguments)
    {
        var directory = arguments.Contains("--disk") ? Directory.CreateTempSubdirectory("embedded-mongo-bench-").FullName : null;
        var rows = Rows.Where(row =>
                !(arguments is [var name, ..] && name[0] != '-') || row.Name.Contains(arguments[0], StringComparison.Ordinal)
            )
            .ToList();
        await using (
            var server = await ServerProcess.StartAsync(["serve", "embedded", .. directory is null ? Array.Empty<string>() : [directory]])
        )
        {
            var database = new MongoClient(server.ConnectionString).GetDatabase("scans");
            await InsertAsync(database, rows);
            Console.WriteLine($"{"per document", -44}{"elapsed", 12}{"CPU", 12}");
            foreach (var row in rows)
                await MeasureAsync(server, database.GetCollection<BsonDocument>(row.Collection), row.Name, row.Documents, row.Pipeline);
        }

        if (directory is not null)
            Directory.Delete(directory, recursive: true);
    }

    private static async Task MeasureAsync(
        ServerProcess server,
        IMongoCollection<BsonDocument> collection,
        string name,
        int documents,
        string pipeline
    )
    {
        var stages = MongoDB
            .Bson.Serialization.BsonSerializer.Deserialize<BsonArray>(pipeline)
            .Select(stage => stage.AsBsonDocument)
            .ToArray();
        var (elapsed, cpu) = (double.MaxValue, double.MaxValue);
        for (var run = 0; run <= Runs || run * documents < MinDocuments; run++)
        {
            var before = server.ProcessorTime;
            var clock = Stopwatch.StartNew();
            await collection.Aggregate<BsonDocument>(stages).ToListAsync();
            elapsed = Math.Min(elapsed, clock.Elapsed.TotalMicroseconds / documents);
            cpu = Math.Min(cpu, (server.ProcessorTime - before).TotalMicroseconds / documents);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name, -44}{elapsed, 9:0.00} µs{cpu, 9:0.00} µs"));
    }

    private static async Task InsertAsync(IMongoDatabase database, IReadOnlyCollection<(string Name, string Collection, int, string)> rows)
    {
        if (rows.Any(row => row.Collection == "movies"))
        {
            var movies = database.GetCollection<BsonDocument>("movies");
            await movies.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{rating: 1}"));
            await movies.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{words: 1}"));
            await InsertAsync(movies, Movies, Movie);
        }

        if (rows.Any(row => row.Collection == "local"))
            await InsertAsync(database.GetCollection<BsonDocument>("local"), Local, LocalDocument);

        foreach (var count in (int[])[10_000, 1_000_000])
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"foreign{count}");
            if (rows.Any(row => row.Name.Contains(count.ToString("#,0", CultureInfo.InvariantCulture), StringComparison.Ordinal)))
                await InsertAsync(database.GetCollection<BsonDocument>(name), count, ForeignDocument);
        }
    }

    private static async Task InsertAsync(IMongoCollection<BsonDocument> collection, int count, Func<int, BsonDocument> create)
    {
        for (var i = 0; i < count; i += 1000)
            await collection.InsertManyAsync(Enumerable.Range(i, 1000).Select(create), new InsertManyOptions { IsOrdered = false });
    }

    /// <summary>Creates a movie of about 900 bytes. One in five has a word that starts with "fifth", one in 35 with "fifth3".</summary>
    private static BsonDocument Movie(int i) =>
        new()
        {
            { "title", $"The {i % 977}th Return of the Projectionist, Part {i}" },
            { "genre", i % 17 == 0 ? BsonNull.Value : $"Genre {i * 7 % 13}" },
            { "year", 1920 + (i % 104) },
            {
                "director",
                new BsonDocument { { "name", $"Director {i % 5003}" }, { "nationality", $"Country {i % 61}" } }
            },
            { "runtimeMinutes", 70 + (i % 90) },
            { "distributor", $"Distributor {i % 211}" },
            { "mpaaRating", "PG-13" },
            {
                "gross",
                new BsonDocument { { "us", i * 1009L }, { "worldwide", i * 2003L } }
            },
            { "budget", i * 500L },
            { "releaseDate", new BsonDateTime(i * 86_400_000L) },
            { "rating", i % 101 / 10.0 },
            { "ratingCount", (long)(i % 5000) },
            { "version", 1L },
            { "createdAt", new BsonDateTime(1_700_000_000_000L + i) },
            { "updatedAt", new BsonDateTime(1_700_000_000_000L + i) },
            { "titleKey", $"the {i % 977}th return of the projectionist, part {i}" },
            { "genreKey", $"genre {i * 7 % 13}" },
            { "yearKey", 1920 + (i % 104) },
            { "ratingKey", i % 101 / 10.0 },
            { "importedRating", i % 101 / 10.0 },
            { "importedVotes", (long)(i % 5000) },
            { "reviewTenths", 0L },
            { "reviewCount", 0L },
            {
                "words",
                new BsonArray
                {
                    $"{i % 977}th",
                    "return",
                    "projectionist",
                    "part",
                    $"{i}",
                    i * 7919 % 1009 % 5 == 0 ? $"fifth{i % 7}" : "other",
                }
            },
            {
                "directorWords",
                new BsonArray { "director", $"{i % 5003}" }
            },
        };

    private static BsonDocument LocalDocument(int i) =>
        new()
        {
            { "_id", i },
            { "small", i * 7919L % 10_000 },
            { "large", i * 7919L % 1_000_000 },
        };

    private static BsonDocument ForeignDocument(int i)
    {
        var document = Movie(i);
        document.InsertAt(0, new BsonElement("_id", (long)i));
        return document;
    }

    private static string Lookup(string from)
    {
        var field = from == "foreign10000" ? "small" : "large";
        return $"[{{$lookup: {{from: '{from}', localField: '{field}', foreignField: '_id', as: 'movie'}}}}, {{$count: 'n'}}]";
    }
}
