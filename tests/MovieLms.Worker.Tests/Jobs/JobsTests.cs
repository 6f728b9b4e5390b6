using System.Net;
using System.Net.Http.Headers;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.Data.Jobs;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;

namespace MovieLms.Worker.Tests.Jobs;

public sealed class JobsTests : IAsyncLifetime
{
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ServiceHost.StartAsync(new ServiceHostOptions
    {
        Services = Services.Api | Services.Worker,
        Settings = new Dictionary<string, string?> { ["Admin:Email"] = TestUsers.AdminEmail, ["Admin:Password"] = TestUsers.AdminPassword },
    });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Dashboard_is_for_administrators()
    {
        using var nobody = await _host.Client.GetAsync("/jobs");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        var student = await _host.SignInStudentAsync();
        using var forbidden = await student.Client.GetAsync("/jobs/recurring");
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        var admin = await _host.SignInAdminAsync();
        await StorageAsync();
        Assert.Contains("imports-purge", await admin.Client.GetStringAsync("/jobs/recurring"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browser_signs_in_to_a_cookie_that_scripts_cannot_read()
    {
        await _host.SignInAdminAsync();
        await StorageAsync();
        using var browser = _host.NewClient();
        browser.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var sent = await browser.GetAsync("/jobs");
        Assert.Equal("/jobs/sign-in", sent.Headers.Location!.ToString());

        using var wrong = await PostAsync(browser, "not-the-password-7");
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        Assert.False(wrong.Headers.Contains("Set-Cookie"));

        using var right = await PostAsync(browser, TestUsers.AdminPassword);
        Assert.Equal("/jobs", right.Headers.Location!.ToString());
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/jobs", cookie, StringComparison.OrdinalIgnoreCase);
        browser.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        using var seen = await browser.GetAsync("/jobs");
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    [Fact]
    public async Task Recurring_job_that_is_missing_is_put_back()
    {
        var storage = await StorageAsync();
        new RecurringJobManager(storage).RemoveIfExists("uploads-sweep");
        _host.App.Services.GetRequiredService<RecurringJobs>().Register(storage);
        using var connection = storage.GetConnection();
        Assert.Contains(connection.GetRecurringJobs(), job => job.Id == "uploads-sweep" && job.NextExecution is not null);
    }

    [Fact]
    public async Task Job_is_run_by_hangfire_and_its_success_is_noted()
    {
        var storage = await StorageAsync();
        new RecurringJobManager(storage).Trigger("uploads-sweep");
        var runs = _host.App.Services.GetRequiredService<JobRunStore>();
        await Eventually.TrueAsync(
            async () => (await runs.ReadAsync(CancellationToken.None)).Any(run => run is { Name: "uploads-sweep", SucceededAt: not null }), "the job has run", 60);
    }

    [Fact]
    public async Task Job_that_somebody_runs_is_not_run_beside_it()
    {
        var runs = _host.App.Services.GetRequiredService<JobRunStore>();
        Assert.True(await runs.TryBeginAsync("test", "first", TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.False(await runs.TryBeginAsync("test", "second", TimeSpan.FromMinutes(1), CancellationToken.None));
        await runs.EndAsync("test", "first", null, CancellationToken.None);
        Assert.True(await runs.TryBeginAsync("test", "second", TimeSpan.FromMilliseconds(-1), CancellationToken.None));
        // The second has died: its time is over.
        Assert.True(await runs.TryBeginAsync("test", "third", TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient browser, string password) =>
        browser.PostAsync("/jobs/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = TestUsers.AdminEmail, ["password"] = password }));

    private async Task<JobStorage> StorageAsync()
    {
        var server = _host.App.Services.GetRequiredService<JobServer>();
        await Eventually.TrueAsync(() =>
        {
            if (server.Storage is not { } storage) return Task.FromResult(false);
            using var connection = storage.GetConnection();
            return Task.FromResult(connection.GetRecurringJobs().Count >= 3);
        }, "the schedule is kept", 60);
        return server.Storage!;
    }
}
