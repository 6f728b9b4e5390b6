using System.IO.Compression;
using EmbeddedMongo.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Storage;

/// <summary>
/// The folder of each released storage format, <c>format-N.zip</c>, must open with its documents, options and indexes. A new format adds
/// a folder (<see cref="Create_the_folder_of_the_current_format"/>) and keeps the earlier ones.
/// </summary>
public sealed class DataFormatTests : IDisposable
{
    private const int Count = 300;

    private readonly string _directory = Directory.CreateTempSubdirectory("embedded-mongo-format-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<int> Formats() => [.. Enumerable.Range(1, KeySpace.FormatVersion)];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_folder_of_a_released_format_is_read_and_written(int format)
    {
        await ZipFile.ExtractToDirectoryAsync(Asset(format), _directory);

        for (var start = 0; start < 2; start++)
        {
            await using var server = await StartAsync();
            var movies = Movies(server);
            Assert.Equal(Enumerable.Range(0, Count).Select(Movie), await movies.Find("{_id: {$lt: 1000}}").Sort("{_id: 1}").ToListAsync());
            Assert.Equal(Count + start, await movies.EstimatedDocumentCountAsync());
            var indexes = await (await movies.Indexes.ListAsync()).ToListAsync();
            Assert.Equal(
                ["_id_", "by_title", "tags_1_year_-1", "rated", "expires"],
                indexes.Select(static index => index["name"].AsString)
            );
            Assert.Equal(Count / 5, await movies.CountDocumentsAsync("{tags: 'tag3'}", new CountOptions { Hint = "tags_1_year_-1" }));
            Assert.Equal(17, (await movies.Find("{title: 'Title 17'}").SingleAsync())["_id"]);

            await movies.InsertOneAsync(new BsonDocument { { "_id", 1000 + start }, { "title", $"new {start}" } });
            await Assert.ThrowsAsync<MongoWriteException>(() => movies.InsertOneAsync(new BsonDocument("title", "Title 17")));
        }
    }

    [Fact]
    public async Task A_folder_of_a_later_format_is_rejected_with_both_versions()
    {
        await ZipFile.ExtractToDirectoryAsync(Asset(KeySpace.FormatVersion), _directory);
        await using (var engine = StorageEngine.Open(new EmbeddedMongoOptions { DataDirectory = _directory }))
        {
            using var batch = new RocksDbSharp.WriteBatch();
            batch.Put(KeySpace.VersionKey, BitConverter.GetBytes(KeySpace.FormatVersion + 1));
            engine.Write(batch);
        }

        var error = await Assert.ThrowsAsync<EmbeddedMongoException>(StartAsync);
        Assert.Contains($"format version {KeySpace.FormatVersion + 1}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"version {KeySpace.FormatVersion} ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes <c>format-N.zip</c> to the folder of the assembly. Runs only on request (<c>-explicit on</c>).</summary>
    [Fact(Explicit = true)]
    public async Task Create_the_folder_of_the_current_format()
    {
        // The second start moves the first half from the journal to a data file. The second half stays in the journal.
        await using (var server = await StartAsync())
        {
            var movies = Movies(server);
            await movies.InsertManyAsync(Enumerable.Range(0, Count / 2).Select(Movie));
            await movies.Indexes.CreateManyAsync([
                new("{title: 1}", new CreateIndexOptions { Name = "by_title", Unique = true }),
                new("{tags: 1, year: -1}"),
                new("{rating: 1}", new CreateIndexOptions<BsonDocument> { Name = "rated", PartialFilterExpression = "{rating: {$gt: 5}}" }),
                new(
                    "{at: 1}",
                    new CreateIndexOptions
                    {
                        Name = "expires",
                        ExpireAfter = TimeSpan.FromDays(20_000),
                        Sparse = true,
                    }
                ),
            ]);
        }

        await using (var server = await StartAsync())
            await Movies(server).InsertManyAsync(Enumerable.Range(Count / 2, Count - (Count / 2)).Select(Movie));

        foreach (var file in Directory.GetFiles(_directory, "LO*"))
            File.Delete(file);

        await ZipFile.CreateFromDirectoryAsync(
            _directory,
            Path.Combine(AppContext.BaseDirectory, $"format-{KeySpace.FormatVersion}.zip"),
            CompressionLevel.SmallestSize,
            includeBaseDirectory: false
        );
    }

    private static BsonDocument Movie(int i) =>
        new()
        {
            { "_id", i },
            { "title", $"Title {i}" },
            { "year", 1900 + (i % 100) },
            {
                "tags",
                new BsonArray { $"tag{i % 5}", $"word{i % 7}" }
            },
            { "rating", (i % 20) / 2.0 },
            { "price", new BsonDecimal128(Decimal128.Parse($"{i}.50")) },
            { "at", new BsonDateTime(1_760_000_000_000 + i) },
            {
                "nested",
                new BsonDocument
                {
                    { "long", (long)i << 33 },
                    { "binary", new BsonBinaryData([1, 2, (byte)i]) },
                    { "none", BsonNull.Value },
                    { "flag", i % 2 == 0 },
                    { "id", new ObjectId($"65e0c0f0a1b2c3d4e5f6{i:x4}") },
                }
            },
        };

    private static string Asset(int format) => Path.Combine(AppContext.BaseDirectory, "Storage", $"format-{format}.zip");

    private static IMongoCollection<BsonDocument> Movies(EmbeddedMongoServer server) =>
        new MongoClient(server.ConnectionString).GetDatabase("format").GetCollection<BsonDocument>("movies");

    private Task<EmbeddedMongoServer> StartAsync() =>
        EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory });
}
