using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Imports;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Movies;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Worker.Imports;
using MovieLms.Worker.Imports.Movies;
using MovieLms.Worker.Imports.Reading;
using UglyToad.PdfPig;

namespace MovieLms.Worker.Tests.Imports;

public sealed class ImportProcessorTests : IAsyncLifetime
{
    private ImportFixture _fixture = null!;

    public async ValueTask InitializeAsync() =>
        _fixture = await ImportFixture.StartAsync(
            services =>
                services.AddSingleton<IImportTarget>(provider => new FailingTarget(provider.GetRequiredService<MovieImportTarget>())),
            new()
            {
                ["Imports:BatchRows"] = "500",
                ["Imports:Lease"] = "00:00:00.6",
                ["Imports:FirstRetryDelay"] = "00:00:00.01",
            }
        );

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(ImportFormat.Json)]
    [InlineData(ImportFormat.Ndjson)]
    [InlineData(ImportFormat.Csv)]
    public async Task Sample_is_imported_as_3200_movies_and_one_error(ImportFormat format)
    {
        var file = format switch
        {
            ImportFormat.Json => SampleMovies.Json,
            ImportFormat.Ndjson => SampleMovies.Ndjson,
            _ => SampleMovies.Csv(),
        };
        var id = await _fixture.QueueAsync(file, format);
        Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));

        var import = await _fixture.FindAsync(id);
        Assert.Equal(
            (ImportState.Completed, 3_201, 3_200, 1, 22),
            (import.State, import.Total, import.Succeeded, import.Failed, import.Corrected)
        );
        Assert.Equal(3_200, await _fixture.MoviesAsync());
        var error = Assert.Single(await _fixture.ErrorsAsync(id));
        Assert.Equal(("title", "A value is required."), (error.Problems[0].Column, error.Problems[0].Message));
        var movies = _fixture.Collection(MovieEntity.Collection);
        Assert.Equal(
            22,
            await movies.CountDocumentsAsync(new BsonDocument("year", new BsonDocument { { "$gte", 1915 }, { "$lte", 1927 } }))
                + await movies.CountDocumentsAsync(new BsonDocument("title", new BsonDocument("$in", new BsonArray(LaterCorrected))))
        );
        Assert.Equal(1, await movies.CountDocumentsAsync(new BsonDocument { { "title", "1776" }, { "year", 1972 } }));
        Assert.Equal(1, await movies.CountDocumentsAsync(new BsonDocument("title", new BsonDocument("$regex", "AmÈlie"))));
    }

    [Fact]
    public async Task Importing_the_same_file_again_stores_nothing()
    {
        var movies = _fixture.Collection(MovieEntity.Collection);
        await _fixture.QueueAsync(SampleMovies.Json, ImportFormat.Json);
        await DrainAsync();
        var before = await movies.Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).ToListAsync();
        var id = await _fixture.QueueAsync(SampleMovies.Json, ImportFormat.Json);
        await DrainAsync();
        Assert.Equal(3_200, (await _fixture.FindAsync(id)).Succeeded);
        Assert.Equal(before, await movies.Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).ToListAsync());
    }

    [Fact]
    public async Task Killed_workers_do_not_change_the_counts()
    {
        var id = await _fixture.QueueAsync(SampleMovies.Json, ImportFormat.Json);
        // Three attempts die after a batch was stored and before it was counted.
        for (var kill = 1; kill <= 3; kill++)
        {
            FailingTarget.FailAtBatch = kill;
            Assert.True(await _fixture.Processor.RunNextAsync(CancellationToken.None));
            await Task.Delay(30);
        }
        FailingTarget.FailAtBatch = 0;
        await DrainAsync();

        var import = await _fixture.FindAsync(id);
        Assert.Equal((ImportState.Completed, 3_200, 1, 22), (import.State, import.Succeeded, import.Failed, import.Corrected));
        Assert.Equal(3_200, await _fixture.MoviesAsync());
        Assert.Single(await _fixture.ErrorsAsync(id));
    }

    [Fact]
    public async Task Import_is_reported_once_when_its_completion_is_repeated()
    {
        var user = await _fixture
            .Get<UserStore>()
            .AddAsync(
                new UserDocument
                {
                    Id = ObjectId.GenerateNewId(),
                    Username = "Ada",
                    Email = "ada@example.test",
                    EmailNormalized = "ada@example.test",
                    Role = "instructor",
                },
                CancellationToken.None
            );
        var id = await _fixture.QueueAsync(SampleMovies.Json, ImportFormat.Json, user!.Id);
        await DrainAsync();
        var import = await _fixture.FindAsync(id);
        // As if the worker had died between the report and the completion.
        await _fixture.Get<ImportReporter>().ReportAsync(import, CancellationToken.None);

        var mail = Assert.Single(await _fixture.Collection(CollectionNames.Outbox).Find(new BsonDocument()).ToListAsync());
        Assert.Equal("ada@example.test", mail["to"].AsString);
        Assert.Contains("3,200 stored, 1 rejected", mail["text"].AsString, StringComparison.Ordinal);
        using var pdf = PdfDocument.Open(mail["attachments"][0]["content"].AsByteArray);
        var text = string.Concat(pdf.GetPages().Select(page => page.Text));
        Assert.Contains($"{import.Succeeded:N0}", text, StringComparison.Ordinal);
        Assert.Contains("A value is required.", text, StringComparison.Ordinal);
        await using var report = await _fixture.Get<UploadStore>().OpenAsync(import.ReportId, CancellationToken.None);
        Assert.Equal(mail["attachments"][0]["content"].AsByteArray.Length, report.Length);
    }

    [Fact]
    public async Task Worker_that_lost_its_lease_changes_nothing()
    {
        var id = await _fixture.QueueAsync(SampleMovies.Json, ImportFormat.Json);
        // A fake clock: if the machine's clock were set back, leases would last longer.
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(1));
        var queue = new ImportQueue(_fixture.Get<IMongoDatabase>(), clock);
        var first = await queue.ClaimAsync("dead", TimeSpan.FromMilliseconds(1), CancellationToken.None);
        Assert.Equal(id, first!.Id);
        clock.Advance(TimeSpan.FromMilliseconds(20));
        var second = await queue.ClaimAsync("alive", TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Equal(id, second!.Id);

        Assert.Null(await queue.HeartbeatAsync(id, "dead", TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.False(await queue.CheckpointAsync(id, "dead", 0, new ImportProgress(10, 10, 0, 0, 1), CancellationToken.None));
        Assert.Null(await queue.FinishAsync(id, "dead", ImportEnd.Completed, DateTimeOffset.UnixEpoch, CancellationToken.None));
        Assert.True(await queue.CheckpointAsync(id, "alive", 0, new ImportProgress(10, 9, 1, 0, 1), CancellationToken.None));
        // The same rows again, as after a lost response.
        Assert.False(await queue.CheckpointAsync(id, "alive", 0, new ImportProgress(10, 9, 1, 0, 1), CancellationToken.None));
        Assert.Equal((9, 1), ((await _fixture.FindAsync(id)).Succeeded, (await _fixture.FindAsync(id)).Failed));
    }

    [Fact]
    public async Task Concurrent_workers_process_imports_of_different_users()
    {
        var owner = ObjectId.GenerateNewId();
        var ids = new[]
        {
            await _fixture.QueueAsync("title\na\n"u8.ToArray(), ImportFormat.Csv, owner),
            await _fixture.QueueAsync("title\nb\n"u8.ToArray(), ImportFormat.Csv, owner),
            await _fixture.QueueAsync("title\nc\n"u8.ToArray(), ImportFormat.Csv),
        };
        var claims = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(i => _fixture.Queue.ClaimAsync($"w{i}", TimeSpan.FromMinutes(1), CancellationToken.None))
        );
        Assert.Equal(new[] { ids[0], ids[2] }, claims.OfType<ImportDocument>().Select(import => import.Id).Order());

        var holder = claims.OfType<ImportDocument>().Single(import => import.Id == ids[0]).Lease!.Owner;
        await _fixture.Queue.FinishAsync(ids[0], holder, ImportEnd.Completed, DateTimeOffset.UnixEpoch, CancellationToken.None);
        Assert.Equal(ids[1], (await _fixture.Queue.ClaimAsync("next", TimeSpan.FromMinutes(1), CancellationToken.None))!.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_that_redis_does_not_have_is_read_from_gridfs(bool wasStaged)
    {
        // An unknown column with a large value, so that few rows span several pieces.
        var movie = $"{{\"title\":\"A movie\",\"genre\":\"Drama\",\"note\":\"{new string('x', 10_000)}\"}}\n";
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(movie, 1 + (3 * UploadStore.ChunkSize / movie.Length))));
        var id = await _fixture.QueueAsync(file, ImportFormat.Ndjson, isStaged: wasStaged);
        if (wasStaged)
            await _fixture.Get<StagedUploads>().DeleteAsync(id.ToString(), 2);
        await DrainAsync();
        var import = await _fixture.FindAsync(id);
        Assert.Equal((ImportState.Completed, import.Total, 0), (import.State, import.Succeeded, import.Failed));
        Assert.Equal(1, await _fixture.MoviesAsync());
        Assert.Null(await _fixture.Get<StagedUploads>().TryReadAsync(id.ToString(), 0));
    }

    [Fact]
    public async Task Bad_file_fails_with_a_reason_and_stores_no_row()
    {
        var id = await _fixture.QueueAsync("[{\"title\":\"good\"},{\"title\":"u8.ToArray(), ImportFormat.Json);
        await DrainAsync();
        var import = await _fixture.FindAsync(id);
        Assert.Equal(ImportState.Failed, import.State);
        Assert.Contains("row 2", import.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await _fixture.MoviesAsync());
    }

    [Fact]
    public async Task Import_without_progress_fails_after_the_maximum_attempts()
    {
        var id = await _fixture.QueueAsync(SampleMovies.Json, ImportFormat.Json);
        FailingTarget.FailAtBatch = 1;
        await Eventually.WaitUntilAsync(
            async () =>
            {
                await _fixture.Processor.RunNextAsync(CancellationToken.None);
                return (await _fixture.FindAsync(id)).State == ImportState.Failed;
            },
            "the import fails",
            60
        );
        FailingTarget.FailAtBatch = 0;
        Assert.Contains("without progress", (await _fixture.FindAsync(id)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_errors_contain_the_column_the_value_and_the_reason()
    {
        var id = await _fixture.QueueAsync(
            "title;year;imdb rating;release date\ngood;1990;7.5;1990-01-02\nbad;19x0;11;2.1.1990\n=cmd|' /C calc'!A0;1990;;\n"u8.ToArray(),
            ImportFormat.Csv
        );
        await DrainAsync();
        var error = Assert.Single(await _fixture.ErrorsAsync(id));
        Assert.Equal((2, 3), (error.Row, error.Line));
        Assert.Equal(
            [("releaseDate", "2.1.1990"), ("year", "19x0"), ("rating", "11")],
            error.Problems.Select(problem => (problem.Column, problem.Value))
        );
        Assert.Equal(2, (await _fixture.FindAsync(id)).Succeeded);
    }

    private static readonly string[] LaterCorrected =
    [
        "42nd Street",
        "King Kong (1933)",
        "She Done Him Wrong",
        "Charge of the Light Brigade, The",
        "Modern Times",
        "Snow White and the Seven Dwarfs",
        "Gone with the Wind",
        "The Wizard of Oz",
        "Fantasia",
        "How Green Was My Valley",
        "Cat People",
        "A Guy Named Joe",
        "Wilson",
        "Duel in the Sun",
        "The Best Years of Our Lives",
    ];

    private async Task DrainAsync()
    {
        for (var i = 0; i < 200; i++)
        {
            if (await _fixture.Processor.RunNextAsync(CancellationToken.None))
                continue;
            if (
                await _fixture
                    .Collection(CollectionNames.Imports)
                    .CountDocumentsAsync(
                        new BsonDocument("state", new BsonDocument("$in", new BsonArray { "queued", "processing", "Queued", "Processing" }))
                    ) == 0
            )
            {
                return;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Stores movies and fails after storing a chosen batch, so that its rows are stored but not counted.</summary>
    private sealed class FailingTarget(MovieImportTarget inner) : IImportTarget
    {
        private ImportDocument? _attempt;
        private int _batches;

        internal static int FailAtBatch { get; set; }

        public ImportKind Kind => inner.Kind;

        public ColumnSet Columns => inner.Columns;

        public IImportSurveyor BeginSurvey() => inner.BeginSurvey();

        public IImportBatch BeginBatch(ImportDocument import)
        {
            // Each attempt has a new instance of the import.
            _batches = ReferenceEquals(_attempt, import) ? _batches + 1 : 1;
            _attempt = import;
            return new Batch(inner.BeginBatch(import), _batches == FailAtBatch);
        }

        private sealed class Batch(IImportBatch inner, bool fails) : IImportBatch
        {
            public int Corrected => inner.Corrected;

            public IReadOnlyList<ImportProblem> Add(in SourceRow row) => inner.Add(row);

            public async Task StoreAsync(CancellationToken cancellationToken)
            {
                await inner.StoreAsync(cancellationToken);
                if (fails)
                    throw new IOException("Killed by the test.");
            }
        }
    }
}
