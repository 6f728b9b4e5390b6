using System.Net;
using MovieLms.Web.Tests.Console;

namespace MovieLms.Web.Tests.Administration;

/// <summary>The pages of the schedule, with a worker that responds as each test says.</summary>
public sealed class JobsPageTests
{
    private static object[] Schedule { get; } =
    [
        new
        {
            name = "purge-imports",
            cron = "0 3 * * *",
            timeZone = "UTC",
            nextRun = "2026-11-30T03:00:00Z",
            startedAt = "2026-11-29T03:00:00Z",
            error = "IOException",
            isRunning = false,
        },
    ];

    private static object Run { get; } = new
    {
        id = "job-1",
        name = "purge-imports",
        state = "failed",
        at = "2026-11-29T03:00:01Z",
        error = "IOException: <disk> full",
    };

    [Fact]
    public async Task The_schedule_and_the_matching_runs_are_shown()
    {
        await using var console = await StartAsync(total: 60);
        var (_, html) = await console.GetAsync("/admin/jobs?search=disk&job=purge-imports&state=failed&from=2026-11-28T00:00&offset=25");
        Assert.Contains("0 3 * * *", html);
        Assert.Contains("IOException: &lt;disk&gt; full", html);
        Assert.Contains("href=\"/admin/jobs/job-1\"", html);
        Assert.Contains("26 to 26 of 60", html);
        var target = Uri.UnescapeDataString(console.Api.Received.Single(request => request.Target.Contains("/history")).Target);
        Assert.Equal("/jobs/api/history?search=disk&name=purge-imports&state=failed&from=2026-11-28T00:00:00Z&offset=25&limit=25", target);
    }

    [Fact]
    public async Task A_job_is_started_and_a_refusal_is_shown()
    {
        await using var console = await StartAsync();
        console.Refuse("POST /jobs/api/recurring/purge-imports/run", 503, "Redis is unavailable");
        var (_, html) = await console.PostAsync("/admin/jobs", "run", ("name", "purge-imports"));
        Assert.Contains("Redis is unavailable", html);
        console.Respond("POST /jobs/api/recurring/purge-imports/run", "", 202);
        var (response, _) = await console.PostAsync("/admin/jobs", "run", ("name", "purge-imports"));
        Assert.Equal("/admin/jobs?started=purge-imports", response.Headers.Location?.OriginalString);
        var (_, started) = await console.GetAsync("/admin/jobs?started=purge-imports");
        Assert.Contains("The job purge-imports was started.", started);
        Assert.DoesNotContain("was started", (await console.GetAsync("/admin/jobs?started=evil")).Html);
    }

    [Fact]
    public async Task A_run_is_shown_with_its_exception()
    {
        await using var console = await StartAsync();
        console.Respond(
            "GET /jobs/api/history/job-1",
            new
            {
                id = "job-1",
                name = "purge-imports",
                createdAt = "2026-11-29T03:00:00Z",
                exception = "System.IO.IOException: <disk> full\n   at Purge",
                steps = new[]
                {
                    new
                    {
                        state = "failed",
                        at = "2026-11-29T03:00:01Z",
                        reason = "An exception",
                    },
                },
            }
        );
        var (_, html) = await console.GetAsync("/admin/jobs/job-1");
        Assert.Contains("System.IO.IOException: &lt;disk&gt; full", html);
        Assert.Equal(HttpStatusCode.NotFound, (await console.GetAsync("/admin/jobs/none")).Response.StatusCode);
    }

    [Fact]
    public async Task Without_the_worker_the_page_says_so()
    {
        await using var console = await ConsoleHost.StartAsync("admin");
        await console.Api.DisposeAsync();
        var (response, html) = await console.GetAsync("/admin/jobs");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("The worker does not respond.", html);
    }

    private static async Task<ConsoleHost> StartAsync(int total = 1)
    {
        var console = await ConsoleHost.StartAsync("admin");
        console.Respond("GET /jobs/api/recurring", Schedule);
        console.Respond(
            "GET /jobs/api/history",
            new
            {
                items = new[] { Run },
                total,
                isComplete = true,
            }
        );
        return console;
    }
}
