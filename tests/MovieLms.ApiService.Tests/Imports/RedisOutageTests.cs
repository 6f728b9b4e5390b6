using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Imports;

public sealed class RedisOutageTests
{
    [Fact]
    public async Task An_import_completes_without_redis()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                // Nothing listens on this port.
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:redis"] = "127.0.0.1:1,connectTimeout=200",
                    ["Imports:Poll"] = "00:00:00.2",
                },
            }
        );
        var instructor = await host.SignInInstructorAsync();
        using var response = await instructor.Client.PostAsync(
            ImportHost.MoviesPath,
            ImportHost.Raw("title\nWithout\n"u8.ToArray(), "text/csv")
        );
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.WaitUntilAsync(
            async () =>
                (await instructor.Client.GetFromJsonAsync<JsonElement>(response.Headers.Location)).GetProperty("state").GetString()
                == "completed",
            "the import ends",
            60
        );
    }
}
