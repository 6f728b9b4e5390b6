using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

public sealed class RedisOutageTests
{
    [Fact]
    public async Task Import_is_accepted_and_done_without_redis()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                // Nothing listens there.
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:redis"] = "127.0.0.1:1,connectTimeout=200",
                    ["Imports:Poll"] = "00:00:00.2",
                },
            }
        );
        var instructor = await host.SignInInstructorAsync();
        using var answer = await instructor.Client.PostAsync(
            ImportHost.MoviesPath,
            ImportHost.Raw("title\nWithout\n"u8.ToArray(), "text/csv")
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Eventually.TrueAsync(
            async () =>
                (await instructor.Client.GetFromJsonAsync<JsonElement>(answer.Headers.Location)).GetProperty("state").GetString()
                == "completed",
            "the import ends",
            60
        );
    }
}
