using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.Testing;
using StackExchange.Redis;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>The Redis password, a part of the connection string, appears in no response and in no log at any level.</summary>
public sealed class RedisPasswordTests
{
    private const string Password = "correct-horse-battery-staple-42";

    [Theory]
    [InlineData("reachable")]
    [InlineData("unreachable")]
    [InlineData("refusing")]
    public async Task No_log_and_no_response_contains_the_password(string server)
    {
        var connectionString = (await BackingServices.GetAsync()).Redis;
        var address = connectionString.Split(',')[0];
        var settings = server switch
        {
            "reachable" => connectionString,
            "unreachable" => $"127.0.0.1:1,password={Password}",
            _ => $"{address},password={Password}",
        };
        var password = ConfigurationOptions.Parse(settings).Password;
        Assert.SkipWhen(string.IsNullOrEmpty(password), "The Redis at MOVIELMS_TEST_REDIS has no password.");
        using var log = new FakeLoggerProvider();
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:redis"] = settings,
                    ["Logging:LogLevel:Default"] = "Trace",
                    ["Logging:LogLevel:Hangfire"] = "Trace",
                    ["Logging:LogLevel:StackExchange.Redis"] = "Trace",
                    ["Logging:LogLevel:ZiggyCreatures"] = "Trace",
                },
                Configure = services => services.AddSingleton<ILoggerProvider>(log),
            }
        );
        if (server == "reachable")
        {
            await Eventually.WaitUntilAsync(
                () => Task.FromResult(log.GetLines().Any(line => line.Contains("Starting Hangfire Server", StringComparison.Ordinal))),
                "Hangfire starts",
                60
            );
        }
        else
        {
            await Task.Delay(TimeSpan.FromSeconds(3));
        }
        var responses = new[] { "/health?strict", "/health", "/jobs", "/api/movies" }.Select(path =>
            host.Client.GetStringIgnoringStatusAsync(path)
        );
        var texts = (await Task.WhenAll(responses)).Concat(log.GetLines()).ToList();

        Assert.Contains(texts, text => text.Contains(server == "reachable" ? "redis://" : "Redis", StringComparison.Ordinal));
        Assert.All(texts, text => Assert.DoesNotContain(password!, text, StringComparison.Ordinal));
    }
}

file static class ClientExtensions
{
    internal static async Task<string> GetStringIgnoringStatusAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return $"{response.Headers} {await response.Content.ReadAsStringAsync()}";
    }
}
