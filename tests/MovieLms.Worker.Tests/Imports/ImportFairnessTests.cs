using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Worker.Imports;
using MovieLms.Worker.Imports.Movies;

namespace MovieLms.Worker.Tests.Imports;

/// <summary>The row limit of imports, the order in which users are served, and cancellation.</summary>
public sealed class ImportFairnessTests
{
    private const int LargeRows = 6_000;

    [Fact]
    public async Task A_file_of_600_000_rows_fails_and_stores_no_row()
    {
        await using var fixture = await ImportFixture.StartAsync();
        var file = Encoding.UTF8.GetBytes("title\n" + string.Concat(Enumerable.Repeat("a\n", 600_000)));
        Assert.InRange(file.Length, 1_150_000, 1_250_000);
        var id = await fixture.QueueAsync(file, ImportFormat.Csv);
        Assert.True(await fixture.Processor.RunNextAsync(CancellationToken.None));
        var import = await fixture.FindAsync(id);
        Assert.Equal((ImportState.Failed, 0, 0), (import.State, import.Succeeded, import.Total));
        Assert.Contains("500,000 rows", import.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await fixture.MoviesAsync());
    }

    [Fact]
    public async Task A_file_with_the_maximum_number_of_rows_is_imported_and_a_larger_one_fails()
    {
        await using var fixture = await ImportFixture.StartAsync(settings: new() { ["Imports:MaxRows"] = "10" });
        foreach (var (rows, state) in new[] { (10, ImportState.Completed), (11, ImportState.Failed) })
        {
            var id = await fixture.QueueAsync(File(rows, "movie"), ImportFormat.Csv);
            await fixture.Processor.RunNextAsync(CancellationToken.None);
            Assert.Equal(state, (await fixture.FindAsync(id)).State);
        }
        Assert.Equal(10, await fixture.MoviesAsync());
    }

    [Fact]
    public async Task Large_imports_of_other_users_do_not_hold_up_a_small_one()
    {
        await using var fixture = await StartSlowAsync(runs: true);
        var large = new[]
        {
            await fixture.QueueAsync(File(LargeRows, "one"), ImportFormat.Csv),
            await fixture.QueueAsync(File(LargeRows, "two"), ImportFormat.Csv),
        };
        await Eventually.WaitUntilAsync(
            async () => (await fixture.FindAsync(large[0])).LastRow > 0,
            "the first large import is being processed"
        );
        var small = await fixture.QueueAsync(File(1, "small"), ImportFormat.Csv);
        await Eventually.WaitUntilAsync(
            async () => (await fixture.FindAsync(small)).State == ImportState.Completed,
            "the small import completes"
        );
        foreach (var id in large)
            Assert.Null((await fixture.FindAsync(id)).FinishedAt);
        await Eventually.WaitUntilAsync(
            async () => (await Task.WhenAll(large.Select(fixture.FindAsync))).All(import => import.FinishedAt is not null),
            "the large imports complete",
            120
        );
        // They were interrupted and resumed, and still have the counts of an uninterrupted run.
        foreach (var id in large)
        {
            var import = await fixture.FindAsync(id);
            Assert.Equal((ImportState.Completed, LargeRows, LargeRows, 0), (import.State, import.Total, import.Succeeded, import.Failed));
        }
        Assert.Equal((2 * LargeRows) + 1, await fixture.MoviesAsync());
    }

    [Fact]
    public async Task Users_take_turns_regardless_of_their_number_of_imports()
    {
        await using var fixture = await ImportFixture.StartAsync();
        var (busy, ids) = (ObjectId.GenerateNewId(), new List<ObjectId>());
        for (var i = 0; i < 5; i++)
            ids.Add(await fixture.QueueAsync(File(1, $"busy {i}"), ImportFormat.Csv, busy));
        var others = new[]
        {
            await fixture.QueueAsync(File(1, "x"), ImportFormat.Csv),
            await fixture.QueueAsync(File(1, "y"), ImportFormat.Csv),
        };
        var order = new List<ObjectId>();
        for (var i = 0; i < 7; i++)
        {
            await fixture.Processor.RunNextAsync(CancellationToken.None);
            foreach (var id in ids.Concat(others).Except(order).ToList())
            {
                if ((await fixture.FindAsync(id)).FinishedAt is not null)
                    order.Add(id);
            }
        }
        Assert.Equal([ids[0], .. others, .. ids[1..]], order);
    }

    [Fact]
    public async Task Concurrent_workers_claim_each_import_exactly_once()
    {
        await using var fixture = await ImportFixture.StartAsync();
        for (var i = 0; i < 40; i++)
            await fixture.QueueAsync(File(1, $"{i}"), ImportFormat.Csv, isStaged: false);
        var claimed = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async worker =>
                {
                    var mine = new List<ObjectId>();
                    while (await fixture.Queue.ClaimAsync($"w{worker}", TimeSpan.FromMinutes(5), CancellationToken.None) is { } import)
                        mine.Add(import.Id);
                    return mine;
                })
        );
        Assert.Equal(40, claimed.SelectMany(ids => ids).Distinct().Count());
        Assert.Equal(40, claimed.Sum(ids => ids.Count));
    }

    [Fact]
    public async Task A_canceled_running_import_stops_keeps_its_stored_rows_and_sends_no_mail()
    {
        await using var fixture = await StartSlowAsync(runs: true);
        var user = await fixture
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
                default
            );
        var id = await fixture.QueueAsync(File(LargeRows, "movie"), ImportFormat.Csv, user!.Id);
        await Eventually.WaitUntilAsync(async () => (await fixture.FindAsync(id)).LastRow > 0, "some rows are stored");
        var cancellation = fixture.Get<ImportCancellation>();
        Assert.NotNull((await cancellation.CancelAsync(id, user.Id, default))!.CancelRequestedAt);
        await Eventually.WaitUntilAsync(async () => (await fixture.FindAsync(id)).State == ImportState.Canceled, "the worker stops");

        var import = await fixture.FindAsync(id);
        Assert.InRange(import.Succeeded, 1, LargeRows - 1);
        Assert.Equal(import.Succeeded, await fixture.MoviesAsync());
        Assert.Contains("kept", import.Reason, StringComparison.Ordinal);
        Assert.Equal((null, null, null), (import.Slot, import.RunningFor, import.AvailableAt));
        await using (var report = await fixture.Get<UploadStore>().OpenAsync(import.ReportId, default))
        {
            using var pdf = UglyToad.PdfPig.PdfDocument.Open(report);
            Assert.Contains("Canceled", string.Concat(pdf.GetPages().Select(page => page.Text)), StringComparison.Ordinal);
        }
        Assert.Equal(0, await fixture.Collection(CollectionNames.Outbox).CountDocumentsAsync(new BsonDocument()));
        Assert.Equal(
            import,
            await cancellation.CancelAsync(id, user.Id, default),
            (a, b) => a.UpdatedAt == b!.UpdatedAt && a.State == b.State
        );
    }

    [Fact]
    public async Task A_queued_import_is_canceled_at_once_and_a_started_one_even_while_its_owner_has_another_running()
    {
        await using var fixture = await ImportFixture.StartAsync();
        var (owner, cancellation) = (ObjectId.GenerateNewId(), fixture.Get<ImportCancellation>());
        var waiting = await fixture.QueueAsync(File(1, "a"), ImportFormat.Csv, owner);
        Assert.Null(await cancellation.CancelAsync(waiting, ObjectId.GenerateNewId(), default));
        Assert.Equal(ImportState.Canceled, (await cancellation.CancelAsync(waiting, owner, default))!.State);
        Assert.False(await fixture.Processor.RunNextAsync(default));

        var started = await fixture.QueueAsync(File(1, "b"), ImportFormat.Csv, owner);
        await fixture.Queue.ClaimAsync("first", TimeSpan.FromMinutes(1), default);
        await fixture.Queue.ReleaseAsync(started, "first", TimeSpan.Zero, default);
        await fixture
            .Collection(CollectionNames.Imports)
            .UpdateOneAsync(
                new BsonDocument("_id", started),
                new BsonDocument("$set", new BsonDocument("availableAt", TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime))
            );
        await fixture.QueueAsync(File(1, "c"), ImportFormat.Csv, owner);
        Assert.NotNull(await fixture.Queue.ClaimAsync("other", TimeSpan.FromMinutes(1), default));
        Assert.Equal(ImportState.Queued, (await cancellation.CancelAsync(started, owner, default))!.State);
        Assert.True(await fixture.Processor.RunNextAsync(default));
        Assert.Equal(ImportState.Canceled, (await fixture.FindAsync(started)).State);
        Assert.Equal(0, await fixture.MoviesAsync());
    }

    [Theory]
    [InlineData(ImportKind.Movies, "may no longer import")]
    [InlineData(ImportKind.Enrollments, "may no longer import")]
    public async Task An_import_of_a_user_who_was_demoted_after_the_upload_stores_nothing(ImportKind kind, string reason)
    {
        await using var fixture = await ImportFixture.StartAsync();
        var owner = ObjectId.GenerateNewId();
        var id = await fixture.QueueAsync(
            "title,email\nfilm,a@example.test\n"u8.ToArray(),
            ImportFormat.Csv,
            owner,
            kind: kind,
            subject: ObjectId.GenerateNewId()
        );
        await fixture.Get<UserCredentials>().SetRoleAsync(owner, "instructor", "student", null, default);
        await fixture.Processor.RunNextAsync(default);
        var import = await fixture.FindAsync(id);
        Assert.Equal(ImportState.Failed, import.State);
        Assert.Contains(reason, import.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await fixture.MoviesAsync());
    }

    private static byte[] File(int rows, string title) =>
        Encoding.UTF8.GetBytes("title\n" + string.Concat(Enumerable.Range(1, rows).Select(row => $"{title} {row}\n")));

    /// <summary>Starts one worker whose batches of 100 rows take at least 20 ms.</summary>
    private static Task<ImportFixture> StartSlowAsync(bool runs) =>
        ImportFixture.StartAsync(
            services => services.AddSingleton<IImportTarget>(provider => new SlowTarget(provider.GetRequiredService<MovieImportTarget>())),
            new()
            {
                ["Imports:BatchRows"] = "100",
                ["Imports:Parallel"] = "1",
                ["Imports:TimeSlice"] = "00:00:00.2",
                ["Imports:Lease"] = "00:00:03",
                ["Imports:Poll"] = "00:00:00.1",
            },
            runs
        );

    private sealed class SlowTarget(MovieImportTarget inner) : IImportTarget
    {
        public ImportKind Kind => inner.Kind;

        public Worker.Imports.Reading.ColumnSet Columns => inner.Columns;

        public IImportSurveyor BeginSurvey() => inner.BeginSurvey();

        public IImportBatch BeginBatch(ImportDocument import) => new Batch(inner.BeginBatch(import));

        private sealed class Batch(IImportBatch inner) : IImportBatch
        {
            public int Corrected => inner.Corrected;

            public IReadOnlyList<ImportProblem> Add(in Worker.Imports.Reading.SourceRow row) => inner.Add(row);

            public async Task StoreAsync(CancellationToken cancellationToken)
            {
                await inner.StoreAsync(cancellationToken);
                await Task.Delay(20, cancellationToken);
            }
        }
    }
}
