using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

public sealed class ImportRetryTests(ImportHost imports) : IClassFixture<ImportHost>
{
    private static readonly byte[] File = "title\nOnce\n"u8.ToArray();

    [Fact]
    public async Task The_same_key_and_file_return_the_first_response()
    {
        var key = Guid.NewGuid().ToString();
        using var first = await imports.PostAsync(ImportHost.Raw(File, "text/csv"), key);
        // The same file in a form is the same content, although the form's boundary differs on each attempt.
        using var again = await imports.PostAsync(ImportHost.Form(File, "text/csv"), key);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());

        using var fresh = await imports.PostAsync(ImportHost.Raw(File, "text/csv"), Guid.NewGuid().ToString());
        Assert.NotEqual(first.Headers.Location, fresh.Headers.Location);
    }

    [Fact]
    public async Task The_same_key_with_another_file_returns_422()
    {
        var key = Guid.NewGuid().ToString();
        using var first = await imports.PostAsync(ImportHost.Raw(File, "text/csv"), key);
        using var other = await imports.PostAsync(ImportHost.Raw("title\nTwice\n"u8.ToArray(), "text/csv"), key);
        await ImportHost.ReadProblemAsync(other, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task The_same_key_while_the_first_request_runs_returns_409()
    {
        var key = Guid.NewGuid().ToString();
        var gate = new TaskCompletionSource();
        var first = imports.PostAsync(new SlowContent(gate.Task), key);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                using var second = await imports.PostAsync(ImportHost.Raw(File, "text/csv"), key + "-probe");
                return await imports.CountAsync(CollectionNames.IdempotencyKeys) >= 2;
            },
            "the first request has stored its key"
        );
        using var early = await imports.PostAsync(ImportHost.Raw(File, "text/csv"), key);
        await ImportHost.ReadProblemAsync(early, HttpStatusCode.Conflict);
        gate.SetResult();
        using var done = await first;
        Assert.Equal(HttpStatusCode.Accepted, done.StatusCode);
        using var late = await imports.PostAsync(ImportHost.Raw(SlowContent.Whole, "text/csv"), key);
        Assert.Equal(done.Headers.Location, late.Headers.Location);
    }

    [Fact]
    public async Task The_key_of_a_rejected_upload_can_be_reused()
    {
        var key = Guid.NewGuid().ToString();
        using var rejected = await imports.PostAsync(ImportHost.Raw(ImportHost.Png, "text/csv"), key);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, rejected.StatusCode);
        using var corrected = await imports.PostAsync(ImportHost.Raw(File, "text/csv"), key);
        Assert.Equal(HttpStatusCode.Accepted, corrected.StatusCode);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("")]
    public async Task An_invalid_key_returns_400(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ImportHost.MoviesPath) { Content = ImportHost.Raw(File, "text/csv") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await imports.Instructor.Client.SendAsync(request);
        var problem = await ImportHost.ReadProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.True(
            problem.GetProperty("errors").TryGetProperty("idempotency-Key", out _)
                || problem.GetProperty("errors").TryGetProperty("Idempotency-Key", out _)
        );
    }

    [Fact]
    public async Task A_retry_after_a_crash_finds_the_import_that_the_first_attempt_queued()
    {
        var store = imports.Host.App.Services.GetRequiredService<ImportStore>();
        var (id, owner) = (ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        Assert.Equal(
            new UploadStart(true, null),
            await store.BeginUploadAsync(id, ImportKind.Movies, owner, null, 1, CancellationToken.None)
        );
        // Interrupted: the next attempt starts over with the same ID.
        Assert.Equal(
            new UploadStart(true, null),
            await store.BeginUploadAsync(id, ImportKind.Movies, owner, null, 1, CancellationToken.None)
        );
        await store.QueueAsync(id, new ImportFile("a", "", 1, ImportFormat.Csv, "", 1), CancellationToken.None);
        Assert.Equal(id, (await store.BeginUploadAsync(id, ImportKind.Movies, owner, null, 1, CancellationToken.None)).Earlier!.Id);
    }

    /// <summary>Sends its first half at once, and the second half when the gate completes.</summary>
    private sealed class SlowContent : HttpContent
    {
        internal static readonly byte[] Whole = Encoding.UTF8.GetBytes("title\n" + string.Concat(Enumerable.Repeat("Slow\n", 200)));
        private readonly Task _gate;

        internal SlowContent(Task gate)
        {
            _gate = gate;
            Headers.ContentType = new("text/csv");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Whole.AsMemory(0, 500));
            await stream.FlushAsync();
            await _gate;
            await stream.WriteAsync(Whole.AsMemory(500));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Whole.Length;
            return true;
        }
    }
}
