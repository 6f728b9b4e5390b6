using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MongoDB.Driver;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>The MongoDB password, a part of the connection string, appears in no response and in no log at any level.</summary>
public sealed class MongoPasswordTests
{
    private const string WrongPassword = "correct-horse-battery-staple-42";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_log_and_no_response_contains_the_password(bool isCorrect)
    {
        var name = BackingServices.CreateName();
        var url = new MongoUrlBuilder((await BackingServices.GetAsync()).GetMongoConnectionString(name));
        Assert.SkipWhen(string.IsNullOrEmpty(url.Password), "The MongoDB at MOVIELMS_TEST_MONGODB has no password.");
        if (!isCorrect)
            url.Password = WrongPassword;
        using var log = new FakeLoggerProvider();
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = name,
                WaitUntilReady = isCorrect,
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:mongodb"] = url.ToString(),
                    ["Logging:LogLevel:Default"] = "Trace",
                },
                Configure = services => services.AddSingleton<ILoggerProvider>(log),
            }
        );
        var texts = new List<string>();
        foreach (var path in new[] { "/health?strict", "/health", "/api/movies" })
        {
            using var response = await host.Client.GetAsync(path);
            texts.Add($"{response.Headers} {await response.Content.ReadAsStringAsync()}");
        }
        texts.AddRange(log.GetLines());

        Assert.Contains(texts, text => text.Contains(isCorrect ? "Healthy" : "Unable to authenticate", StringComparison.Ordinal));
        Assert.All(texts, text => Assert.DoesNotContain(url.Password!, text, StringComparison.Ordinal));
    }
}
