using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Aggregation;

/// <summary>Pipelines that exceed the memory limit of a stage use temporary files and return the same documents as in memory.</summary>
public sealed class SpillTests : IAsyncLifetime
{
    private const int Documents = 6_000;
    private const string GroupAll = """
        {$group: {_id: '$k', n: {$sum: 1}, sum: {$sum: '$x'}, avg: {$avg: '$x'}, dev: {$stdDevPop: '$x'}, first: {$first: '$n'},
          last: {$last: '$n'}, all: {$push: '$n'}, set: {$addToSet: '$s'}, top: {$topN: {n: 2, sortBy: {x: -1}, output: '$n'}},
          min: {$min: '$missing'}, doc: {$mergeObjects: {a: '$n'}}}}
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("movielms-spill-").FullName;
    private EmbeddedMongoServer _limited = null!;
    private EmbeddedMongoServer _unlimited = null!;

    public async ValueTask InitializeAsync()
    {
        _limited = await EmbeddedMongoServer.StartAsync(
            new EmbeddedMongoOptions
            {
                DataDirectory = _directory,
                StageMemoryBytes = 128 * 1024,
                MaxSpillBytes = 8 * 1024 * 1024,
            }
        );
        _unlimited = await EmbeddedMongoServer.StartAsync();
        var random = new Random(7);
        var documents = Enumerable
            .Range(0, Documents)
            .Select(n => new BsonDocument
            {
                { "_id", n },
                { "n", n },
                { "k", CreateKey(random.Next(1_500)) },
                { "x", random.NextDouble() },
                { "s", random.Next(4) },
            })
            .ToList();
        await Open(_limited).InsertManyAsync(documents);
        await Open(_unlimited).InsertManyAsync(documents);
    }

    public async ValueTask DisposeAsync()
    {
        await _limited.DisposeAsync();
        await _unlimited.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("[" + GroupAll + ", {$sort: {_id: 1}}]")]
    [InlineData("[{$match: {n: {$gt: 100}}}, {$project: {k: 1, n: 1, x: 1, s: 1}}, " + GroupAll + ", {$sort: {_id: 1}}]")]
    [InlineData("[{$group: {_id: null, n: {$addToSet: '$k'}}}, {$project: {n: {$size: '$n'}}}]", true)]
    [InlineData("[{$set: {y: {$mod: ['$n', 50]}}}, {$sort: {y: -1}}]")]
    [InlineData("[{$set: {y: {$mod: ['$n', 50]}}}, {$sort: {y: 1, x: -1}}, {$skip: 5}, {$limit: 5000}]")]
    [InlineData("[{$facet: {a: [{$group: {_id: '$k', n: {$sum: 1}}}, {$sort: {_id: 1}}, {$limit: 50}]}}]")]
    [InlineData(
        "[{$limit: 3}, {$lookup: {from: 'items', as: 'j', let: {v: '$n'}, pipeline: "
            + "[{$group: {_id: {$add: ['$$v', '$n']}, n: {$sum: 1}}}, {$group: {_id: '$n', c: {$sum: 1}}}]}}]"
    )]
    public async Task Result_is_the_same_as_in_memory(string pipeline, bool fitsIntoMemory = false)
    {
        var stages = Stages(pipeline);

        var expected = await (await Open(_unlimited).AggregateAsync(stages)).ToListAsync();
        var actual = await (await Open(_limited).AggregateAsync(stages)).ToListAsync();

        Assert.NotEmpty(expected);
        Assert.Equal(expected, actual);
        Assert.Equal(fitsIntoMemory ? 0 : 292, await CodeAsync(stages, allowDiskUse: false));
        Assert.Equal(0, _limited.SpilledBytes);
        Assert.Empty(SpillFiles());
    }

    [Fact]
    public async Task Groups_in_files_are_equal_by_the_collation()
    {
        var stages = Stages(
            "[{$set: {name: {$concat: [{$cond: [{$eq: ['$s', 0]}, 'FILM', 'film']}, {$toString: {$mod: ['$n', 1500]}}]}}}, "
                + "{$group: {_id: '$name', n: {$sum: 1}, all: {$push: '$n'}}}, {$count: 'groups'}]"
        );
        var options = new AggregateOptions { Collation = new Collation("en", strength: CollationStrength.Secondary) };

        var result = await (await Open(_limited).AggregateAsync(stages, options)).SingleAsync();

        Assert.Equal(1_500, result["groups"]);
        Assert.Equal(292, await CodeAsync(stages, allowDiskUse: false));
    }

    [Fact]
    public async Task Closed_cursor_and_failed_pipeline_release_their_files()
    {
        using (var cursor = await Open(_limited).AggregateAsync(Stages("[" + GroupAll + "]"), new AggregateOptions { BatchSize = 2 }))
        {
            await cursor.MoveNextAsync();
            Assert.True(_limited.SpilledBytes > 0);
        }

        Assert.Equal(0, _limited.SpilledBytes);
        var failing = Stages("[{$group: {_id: '$k', x: {$push: '$n'}, y: {$sum: {$divide: [1, {$subtract: ['$n', 5999]}]}}}}]");
        Assert.Equal(2, await CodeAsync(failing, allowDiskUse: true));
        Assert.Equal(0, _limited.SpilledBytes);
    }

    [Fact]
    public async Task Temporary_files_have_a_maximum_size()
    {
        var pad = Stages($"[{{$set: {{pad: '{new string('x', 4_000)}'}}}}, {{$sort: {{x: 1}}}}]");

        Assert.Equal(14031, await CodeAsync(pad, allowDiskUse: true));
        Assert.Equal(0, _limited.SpilledBytes);
    }

    [Fact]
    public async Task Group_that_alone_exceeds_the_limit_is_rejected()
    {
        Assert.Equal(146, await CodeAsync(Stages("[{$group: {_id: null, all: {$push: '$$ROOT'}}}]"), allowDiskUse: true));
    }

    [Fact]
    public async Task Files_of_a_killed_process_are_deleted_at_the_start()
    {
        await _limited.DisposeAsync();
        Directory.CreateDirectory(Path.Combine(_directory, "spill"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "spill", "left"), "x");

        _limited = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory });

        Assert.Empty(SpillFiles());
        Assert.Equal(Documents, await Open(_limited).CountDocumentsAsync("{}"));
    }

    private static BsonValue CreateKey(int number) =>
        (number % 4) switch
        {
            0 => number,
            1 => (double)number,
            2 => new BsonDocument("k", number),
            _ => new string('k', 20) + number,
        };

    private static IMongoCollection<BsonDocument> Open(EmbeddedMongoServer server) =>
        new MongoClient(server.ConnectionString).GetDatabase("test").GetCollection<BsonDocument>("items");

    private static PipelineDefinition<BsonDocument, BsonDocument> Stages(string pipeline) =>
        PipelineDefinition<BsonDocument, BsonDocument>.Create(Clients.Json.Array(pipeline).Select(stage => stage.AsBsonDocument));

    private string[] SpillFiles()
    {
        var directory = Path.Combine(_directory, "spill");
        return Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
    }

    private async Task<int> CodeAsync(PipelineDefinition<BsonDocument, BsonDocument> stages, bool allowDiskUse)
    {
        var error = await Record.ExceptionAsync(async () =>
            await (await Open(_limited).AggregateAsync(stages, new AggregateOptions { AllowDiskUse = allowDiskUse })).ToListAsync()
        );
        return error is MongoCommandException failed ? failed.Code : 0;
    }
}
