using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>Outside Development, local access to the machine does not grant access to caught mail.</summary>
public sealed class MailInProductionTests
{
    private const string Email = "admin@movielms.example";
    private const string Password = "rosebud was a sled";

    [Theory]
    [InlineData("Development", HttpStatusCode.OK)]
    [InlineData("Production", HttpStatusCode.NotFound)]
    [InlineData("Staging", HttpStatusCode.NotFound)]
    public async Task Standalone_shows_mail_to_local_users_in_Development_only(string environment, HttpStatusCode expected)
    {
        await using var standalone = await StandaloneProcess.StartAsync(
            null,
            new Dictionary<string, string?>
            {
                ["DOTNET_ENVIRONMENT"] = environment,
                ["Admin__Email"] = Email,
                ["Admin__Password"] = Password,
            },
            "--allow-embedded"
        );
        foreach (var path in new[] { "/mail", "/mail.json" })
        {
            Assert.Equal(expected, await GetStatusAsync(standalone.Client, path));
            Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync(standalone.Client, path, "attacker.example"));
        }

        using var login = await standalone.Client.PostAsJsonAsync("/api/auth/login", new { email = Email, password = Password });
        var token = (await login.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        standalone.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, await GetStatusAsync(standalone.Client, "/mail.json"));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("Production", HttpStatusCode.NotFound)]
    public async Task The_page_behind_the_gateway_applies_the_same_rule(string? environment, HttpStatusCode expected)
    {
        var port = FreePort.Find();
        await using var process = DotnetProcess.Start(
            "MovieLms.Standalone",
            new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = environment },
            "--ephemeral",
            "--backing-only=mail",
            "--smtp-port",
            "0",
            "--mail-port",
            $"{port}"
        );
        await process.WaitForOutputAsync(output => output.Contains("  Data") ? output : null);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal(expected, await GetStatusAsync(client, "/mail"));
        Assert.Equal(HttpStatusCode.OK, await GetStatusAsync(client, "/healthz"));
    }

    private static async Task<HttpStatusCode> GetStatusAsync(HttpClient client, string path, string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
