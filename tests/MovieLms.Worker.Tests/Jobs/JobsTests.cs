using System.Net;
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

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                Settings = new Dictionary<string, string?>
                {
                    ["Admin:Email"] = TestUsers.AdminEmail,
                    ["Admin:Password"] = TestUsers.AdminPassword,
                },
            }
        );

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Only_administrators_may_use_the_dashboard()
    {
        using var anonymous = await _host.Client.GetAsync("/jobs");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        var student = await _host.SignInStudentAsync();
        using var forbidden = await student.Client.GetAsync("/jobs/recurring");
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        var admin = await _host.SignInAdminAsync();
        await StorageAsync();
        Assert.Contains("imports-purge", await admin.Client.GetStringAsync("/jobs/recurring"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_recurring_job_is_registered_again()
    {
        var storage = await StorageAsync();
        new RecurringJobManager(storage).RemoveIfExists("uploads-sweep");
        _host.App.Services.GetRequiredService<RecurringJobs>().Register(storage);
        using var connection = storage.GetConnection();
        Assert.Contains(connection.GetRecurringJobs(), job => job.Id == "uploads-sweep" && job.NextExecution is not null);
    }

    [Fact]
    public async Task Hangfire_runs_a_job_and_its_success_is_stored()
    {
        var storage = await StorageAsync();
        new RecurringJobManager(storage).Trigger("uploads-sweep");
        var runs = _host.App.Services.GetRequiredService<JobRunStore>();
        await Eventually.WaitUntilAsync(
            async () => (await runs.ReadAsync(CancellationToken.None)).Any(run => run is { Name: "uploads-sweep", SucceededAt: not null }),
            "the job has run",
            60
        );
    }

    [Fact]
    public async Task Running_job_is_not_started_again()
    {
        var runs = _host.App.Services.GetRequiredService<JobRunStore>();
        Assert.True(await runs.TryBeginAsync("test", "first", TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.False(await runs.TryBeginAsync("test", "second", TimeSpan.FromMinutes(1), CancellationToken.None));
        await runs.EndAsync("test", "first", null, CancellationToken.None);
        Assert.True(await runs.TryBeginAsync("test", "second", TimeSpan.FromMilliseconds(-1), CancellationToken.None));
        // The second run has exceeded its maximum duration.
        Assert.True(await runs.TryBeginAsync("test", "third", TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    private Task<JobStorage> StorageAsync() => StorageAsync(_host);

    internal static async Task<JobStorage> StorageAsync(ServiceHost host)
    {
        var server = host.App.Services.GetRequiredService<JobServer>();
        await Eventually.WaitUntilAsync(
            () =>
            {
                if (server.Storage is not { } storage)
                    return Task.FromResult(false);
                using var connection = storage.GetConnection();
                return Task.FromResult(connection.GetRecurringJobs().Count >= 3);
            },
            "the schedule is stored",
            60
        );
        return server.Storage!;
    }
}
