using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Analytics;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Analytics;

/// <summary>
/// Answers that are expensive to compute are served after a write, with their age, and computed again by one process at a time.
/// </summary>
public sealed class AnalyticsCacheTests
{
    private const string Path = "/api/analytics/movies-by-year";
    private static readonly string[] Tags = [CacheKeys.Movies];

    // Every computation counts as expensive: an answer of a millisecond is due again after ten minutes.
    private static readonly Dictionary<string, string?> Rarely = new()
    {
        ["Analytics:MaxRefreshShare"] = "0.000001",
        ["Analytics:MaxWait"] = "00:00:00.050",
    };

    private static readonly Dictionary<string, string?> WithoutWaiting = new()
    {
        ["Analytics:MaxRefreshShare"] = "1",
        ["Analytics:MaxWait"] = "00:00:00",
    };

    [Fact]
    public async Task The_last_answer_is_served_until_the_next_is_due_in_every_process_and_after_a_restart()
    {
        var name = BackingServices.CreateName();
        await using var first = await StartAsync(name, Rarely);
        var instructor = await first.SignInInstructorAsync();
        Assert.Equal(("MISS", 0), await CountAsync(first.Client));
        await AddMovieAsync(instructor.Client, 1999);
        Assert.Equal(("STALE", 0), await CountAsync(first.Client));
        await using (var second = await StartAsync(name, Rarely))
            Assert.Equal(("STALE", 0), await CountAsync(second.Client));

        // The clock was set back by an hour.
        var ahead = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        await Answers(first)
            .UpdateManyAsync(
                FilterDefinition<BsonDocument>.Empty,
                new BsonDocument("$set", new BsonDocument { { "computedAt", ahead }, { "dueAt", ahead } })
            );
        await using var restarted = await StartAsync(name, Rarely);
        await Eventually.WaitUntilAsync(
            async () => (await CountAsync(restarted.Client)).Movies == 1,
            "the answer is computed again although its time is ahead"
        );
    }

    [Fact]
    public async Task The_first_request_after_a_restart_does_not_wait_for_a_computation_that_is_due()
    {
        var name = BackingServices.CreateName();
        await using var first = await StartAsync(name, WithoutWaiting);
        Assert.Equal(("1", "MISS"), await GetAsync(first, _ => Task.FromResult(1)));
        await ChangeAsync(first);
        await using var restarted = await StartAsync(name, WithoutWaiting);
        var released = new TaskCompletionSource();
        var (text, outcome) = await GetAsync(
            restarted,
            async token =>
            {
                await released.Task.WaitAsync(token);
                return 2;
            }
        );
        Assert.Equal(("1", "STALE"), (text, outcome));
        released.SetResult();
        await Eventually.WaitUntilAsync(
            async () => (await GetAsync(restarted, _ => Task.FromResult(2))).Text == "2",
            "the request has caused a new computation"
        );
    }

    [Fact]
    public async Task Identical_concurrent_requests_with_custom_parameters_cause_one_computation()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), null);
        var cache = host.App.Services.GetRequiredService<AnalyticsCache>();
        var computations = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, AnalyticsGate.MaxConcurrent + AnalyticsGate.MaxWaiting + 50)
                .Select(_ =>
                    cache.GetCustomAsync(
                        "analytics:probe",
                        Tags,
                        async token =>
                        {
                            await Task.Delay(300, token);
                            return Interlocked.Increment(ref computations);
                        },
                        default
                    )
                )
        );
        Assert.Equal(1, computations);
    }

    [Fact]
    public async Task A_request_during_continuous_writes_gets_an_answer_that_includes_its_own_write()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), null);
        using var ended = new CancellationTokenSource();
        var writes = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
                await ChangeAsync(host);
        });
        var written = 0;
        for (var i = 1; i <= 20; i++)
        {
            written = i;
            await ChangeAsync(host);
            Assert.Equal($"{i}", (await GetAsync(host, _ => Task.FromResult(written))).Text);
        }
        await ended.CancelAsync();
        await writes;
    }

    [Fact]
    public async Task A_request_that_may_not_wait_gets_the_last_answer_and_causes_the_next()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), WithoutWaiting);
        var instructor = await host.SignInInstructorAsync();
        await CountAsync(host.Client);
        await AddMovieAsync(instructor.Client, 1999);
        Assert.Equal(("STALE", 0), await CountAsync(host.Client));
        await Eventually.WaitUntilAsync(
            async () => await CountAsync(host.Client) == ("HIT", 1),
            "the stale request has caused a new computation"
        );
    }

    [Fact]
    public async Task Concurrent_requests_of_two_processes_cause_one_computation()
    {
        var name = BackingServices.CreateName();
        await using var first = await StartAsync(name, null);
        await using var second = await StartAsync(name, null);
        await Eventually.WaitUntilAsync(
            async () => await VersionAsync(first) == await VersionAsync(second),
            "both processes know the same version of the movies"
        );
        var computations = 0;
        var bodies = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    GetAsync(
                        i % 2 == 0 ? first : second,
                        async token =>
                        {
                            var number = Interlocked.Increment(ref computations);
                            await Task.Delay(300, token);
                            return number;
                        }
                    )
                )
        );
        Assert.Equal(1, computations);
        Assert.All(bodies, body => Assert.Equal("1", body.Text));
    }

    [Fact]
    public async Task A_failed_computation_leaves_the_last_answer_and_is_repeated()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), WithoutWaiting);
        Assert.Equal(("1", "MISS"), await GetAsync(host, _ => Task.FromResult(1)));
        await ChangeAsync(host);
        var failures = 0;
        await Eventually.WaitUntilAsync(
            async () =>
            {
                Assert.Equal(
                    ("1", "STALE"),
                    await GetAsync(
                        host,
                        _ =>
                        {
                            failures++;
                            throw new InvalidOperationException("The test's computation fails.");
                        }
                    )
                );
                return failures > 1;
            },
            "the computation fails repeatedly"
        );
        await Eventually.WaitUntilAsync(
            async () => (await GetAsync(host, _ => Task.FromResult(2))).Text == "2",
            "the next computation succeeds"
        );
    }

    [Fact]
    public async Task A_failed_computation_without_an_earlier_answer_is_an_error_and_a_later_request_tries_again()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), null);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            GetAsync(host, _ => Task.FromException<int>(new InvalidOperationException()))
        );
        await Eventually.WaitUntilAsync(
            async () =>
            {
                try
                {
                    return await GetAsync(host, _ => Task.FromResult(1)) == ("1", "MISS");
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            },
            "a later request computes the answer"
        );
    }

    [Fact]
    public async Task A_canceled_request_does_not_cancel_the_computation_of_others()
    {
        await using var host = await StartAsync(BackingServices.CreateName(), null);
        using var canceled = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        async Task<int> ComputeAsync(CancellationToken token)
        {
            started.TrySetResult();
            await released.Task.WaitAsync(token);
            return 1;
        }
        var first = GetAsync(host, ComputeAsync, canceled.Token);
        await started.Task;
        var second = GetAsync(host, ComputeAsync);
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        released.SetResult();
        Assert.Equal("1", (await second).Text);
    }

    [Theory]
    [InlineData("facets?search=a")]
    [InlineData("rating-buckets?boundaries=1,2")]
    [InlineData("top-rated?skip=1")]
    public async Task An_expensive_answer_to_custom_parameters_is_served_after_a_write(string query)
    {
        await using var host = await StartAsync(BackingServices.CreateName(), Rarely);
        var instructor = await host.SignInInstructorAsync();
        var path = "/api/analytics/" + query;
        Assert.Equal("MISS", await OutcomeAsync(host.Client, path));
        Assert.Equal("HIT", await OutcomeAsync(host.Client, path));
        await AddMovieAsync(instructor.Client, 1999);
        Assert.Equal("STALE", await OutcomeAsync(host.Client, path));
    }

    [Theory]
    [InlineData("[]", 1, "[]")]
    [InlineData("[1]", 1, "[1]")]
    [InlineData("""[ {"a":[1,2]} , "]," , [] ]""", 2, """[ {"a":[1,2]} , "],"]""")]
    [InlineData("[1,2]", 5, "[1,2]")]
    public void First_elements_of_an_array_are_taken_as_written(string array, int count, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(JsonArrays.Take(Encoding.UTF8.GetBytes(array), count)));

    [Theory]
    [InlineData("Analytics:MaxRefreshShare", "0")]
    [InlineData("Analytics:MaxRefreshShare", "1.5")]
    [InlineData("Analytics:MaxWait", "-00:00:01")]
    [InlineData("Analytics:MaxWait", "00:01:00")]
    public async Task Invalid_settings_are_refused_at_start(string setting, string value)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            StartAsync(BackingServices.CreateName(), new Dictionary<string, string?> { [setting] = value })
        );
        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
    }

    private static Task<ServiceHost> StartAsync(string name, Dictionary<string, string?>? settings) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = name,
                Settings = settings ?? [],
            }
        );

    private static IMongoCollection<BsonDocument> Answers(ServiceHost host) =>
        host.Database.GetCollection<BsonDocument>(StoredAnswers.Collection);

    private static async Task AddMovieAsync(HttpClient client, int year)
    {
        using var response = await client.PostAsJsonAsync("/api/movies", new { title = $"Of {year}", year });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<(string Outcome, int Movies)> CountAsync(HttpClient client)
    {
        using var response = await client.GetAsync(Path);
        var age = Assert.Single(response.Headers.GetValues("Age"));
        Assert.InRange(int.Parse(age, CultureInfo.InvariantCulture), 0, 60);
        var years = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (response.Headers.GetValues("X-Cache").Single(), years.EnumerateArray().Sum(year => year.GetProperty("count").GetInt32()));
    }

    private static async Task<string> OutcomeAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.Headers.GetValues("X-Cache").Single();
    }

    private static ValueTask<string?> VersionAsync(ServiceHost host) =>
        host.App.Services.GetRequiredService<JsonCache>().ReadVersionAsync(Tags, default);

    private static ValueTask ChangeAsync(ServiceHost host) =>
        host.App.Services.GetRequiredService<JsonCache>().InvalidateAsync(CacheKeys.Movies);

    /// <summary>Returns the answer of an analytic that only tests have.</summary>
    private static async Task<(string Text, string Outcome)> GetAsync(
        ServiceHost host,
        Func<CancellationToken, Task<int>> compute,
        CancellationToken cancellationToken = default
    )
    {
        var cache = host.App.Services.GetRequiredService<AnalyticsCache>();
        var result = await cache.GetAsync("analytics:probe", Tags, compute, cancellationToken);
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await result.ExecuteAsync(http);
        return (Encoding.UTF8.GetString(body.ToArray()), http.Response.Headers["X-Cache"].ToString());
    }
}
