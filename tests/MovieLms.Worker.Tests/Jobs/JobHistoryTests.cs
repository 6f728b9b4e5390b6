using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Tests.Jobs;

/// <summary>The schedule and the history of its runs, as the console reads them.</summary>
public sealed class JobHistoryTests : IAsyncLifetime
{
    private const string Recurring = "/jobs/api/recurring";
    private const string History = "/jobs/api/history";
    private ServiceHost _host = null!;
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                Configure = services => services.AddSingleton<IRecurringJob, BrokenJob>(),
            }
        );
        await JobsTests.StorageAsync(_host);
        _admin = (await _host.SignInAdminAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Only_administrators_may_read_and_start_jobs()
    {
        var student = (await _host.SignInStudentAsync()).Client;
        foreach (var path in new[] { Recurring, History, $"{History}/1" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await _host.Client.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await student.GetAsync(path)).StatusCode);
        }
        var run = $"{Recurring}/{BrokenJob.Id}/run";
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.Client.PostAsync(run, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await student.PostAsync(run, null)).StatusCode);
    }

    [Fact]
    public async Task The_schedule_has_every_job_with_its_next_run()
    {
        var jobs = (await _admin.GetFromJsonAsync<JsonElement>(Recurring)).EnumerateArray().ToList();
        Assert.Equal(jobs.Select(GetName).Order(StringComparer.Ordinal), jobs.Select(GetName));
        var broken = jobs.Single(job => GetName(job) == BrokenJob.Id);
        Assert.Equal("0 0 1 1 *", broken.GetProperty("cron").GetString());
        Assert.Equal("UTC", broken.GetProperty("timeZone").GetString());
        Assert.True(broken.GetProperty("nextRun").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
        Assert.Equal(JsonValueKind.Null, broken.GetProperty("startedAt").ValueKind);
    }

    [Fact]
    public async Task A_run_on_request_is_found_by_the_text_of_its_exception()
    {
        using (var accepted = await _admin.PostAsync($"{Recurring}/{BrokenJob.Id}/run", null))
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        // The text is in the stack trace and not in the message.
        var found = await FindAsync($"search={nameof(BrokenJob)}.{nameof(BrokenJob.RunAsync)}");
        var run = found.GetProperty("items")[0];
        Assert.Equal(("failed", BrokenJob.Id), (run.GetProperty("state").GetString(), run.GetProperty("name").GetString()));
        Assert.Equal($"InvalidOperationException: {BrokenJob.Message}", run.GetProperty("error").GetString());

        var id = run.GetProperty("id").GetString()!;
        var details = await _admin.GetFromJsonAsync<JsonElement>($"{History}/{id}");
        Assert.Contains(BrokenJob.Message, details.GetProperty("exception").GetString());
        Assert.Equal("failed", details.GetProperty("steps")[0].GetProperty("state").GetString());

        var at = run.GetProperty("at").GetDateTimeOffset();
        Assert.Equal(1, await CountAsync($"search={id}"));
        Assert.Equal(1, await CountAsync($"name={BrokenJob.Id}&state=failed&search=LENS"));
        Assert.Equal(0, await CountAsync($"name={BrokenJob.Id}&state=succeeded"));
        Assert.Equal(0, await CountAsync($"name={BrokenJob.Id}&from={at.AddMinutes(1):u}"));
        Assert.Equal(1, await CountAsync($"name={BrokenJob.Id}&from={at.AddMinutes(-1):u}&to={at.AddMinutes(1):u}"));
        Assert.Empty(
            (await _admin.GetFromJsonAsync<JsonElement>($"{History}?name={BrokenJob.Id}&offset=1")).GetProperty("items").EnumerateArray()
        );
        var job = (await _admin.GetFromJsonAsync<JsonElement>(Recurring)).EnumerateArray().Single(job => GetName(job) == BrokenJob.Id);
        Assert.Equal("InvalidOperationException", job.GetProperty("error").GetString());
        var audit = await _admin.GetFromJsonAsync<JsonElement>("/api/audit?action=job.run");
        Assert.Equal(BrokenJob.Id, audit.GetProperty("items")[0].GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("state=lost", "state")]
    [InlineData("limit=101", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z", "to")]
    public async Task An_invalid_parameter_is_named(string query, string field)
    {
        using var response = await _admin.GetAsync($"{History}?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task An_unknown_job_or_run_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.PostAsync($"{Recurring}/none/run", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.GetAsync($"{History}/none")).StatusCode);
    }

    private async Task<int> CountAsync(string query) =>
        (await _admin.GetFromJsonAsync<JsonElement>($"{History}?{query}")).GetProperty("total").GetInt32();

    private async Task<JsonElement> FindAsync(string query)
    {
        JsonElement page = default;
        await Eventually.WaitUntilAsync(
            async () => (page = await _admin.GetFromJsonAsync<JsonElement>($"{History}?{query}")).GetProperty("total").GetInt32() > 0,
            "the run has failed",
            60
        );
        return page;
    }

    private static string GetName(JsonElement job) => job.GetProperty("name").GetString()!;

    private sealed class BrokenJob : IRecurringJob
    {
        internal const string Id = "broken-test-job";
        internal const string Message = "the lens is scratched";

        public string Name => Id;

        public string Cron => "0 0 1 1 *";

        public TimeSpan MaxDuration => TimeSpan.FromMinutes(1);

        public TimeSpan LateAfter => TimeSpan.FromDays(400);

        public Task RunAsync(CancellationToken cancellationToken) => throw new InvalidOperationException(Message);
    }
}
