using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using MovieLms.ServiceDefaults.Settings;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>The settings in force, as administrators read them.</summary>
public sealed class SettingsTests
{
    private const string Secret = "planted-secret-7d1e";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["ConnectionStrings:smtp"] = $"smtp://mailer:{Secret}@mail.example.test:587?tls=none",
        ["Auth:Providers:google:ClientSecret"] = Secret,
        ["Auth:ForbiddenPasswordWords:0"] = $"not-{Secret}",
        ["WhatsApp:AccessToken"] = Secret,
        ["A:Section:That:Nobody:Knows"] = Secret,
        ["Logging:LogLevel:Some.Category"] = "Error",
        ["Cors:Origins:0"] = $"https://user:{Secret}@example.test",
        ["RateLimits:RequestsPerSecond"] = "400",
    };

    [Fact]
    public async Task Administrators_read_the_settings_without_secrets_and_others_do_not()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api, Settings = Settings });
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/settings")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInStudentAsync()).Client.GetAsync("/settings")).StatusCode);

        using var admin = (await host.SignInAdminAsync()).Client;
        using var response = await admin.GetAsync("/settings");
        Assert.True(response.Headers.CacheControl!.NoStore);
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain(Secret, text);
        var settings = (await response.Content.ReadFromJsonAsync<JsonElement>())
            .EnumerateArray()
            .ToDictionary(setting => setting.GetProperty("name").GetString()!);
        Assert.Equal("smtp://mail.example.test:587", settings["ConnectionStrings:smtp"].GetProperty("value").GetString());
        Assert.True(settings["A:Section:That:Nobody:Knows"].GetProperty("isHidden").GetBoolean());
        Assert.Equal("400", settings["RateLimits:RequestsPerSecond"].GetProperty("value").GetString());
        Assert.Equal("500", settings["RateLimits:RequestsPerSecond"].GetProperty("default").GetString());
        Assert.Equal(JsonValueKind.Null, settings["Jobs:TimeZone"].GetProperty("source").ValueKind);
        foreach (var name in Settings.Keys)
            Assert.Contains(name, settings);
    }

    [Fact]
    public void A_variable_of_the_environment_outside_of_sections_is_no_setting()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["PATH"] = "/bin",
                    ["API_TOKEN"] = Secret,
                    ["urls"] = "http://+:80",
                }
            )
            .Build();
        var names = new SettingsReader(configuration).Read().Where(setting => setting.Source is not null).Select(setting => setting.Name);
        Assert.Equal(["urls"], names);
    }

    [Theory]
    [InlineData("mongodb://127.0.0.1:27017/movies", "mongodb://127.0.0.1:27017")]
    [InlineData("mongodb://u:p%40ss@a.test,b.test:1/db?tls=true", "mongodb://a.test,b.test:1")]
    [InlineData("mongodb+srv://u:p@cluster.test", "mongodb+srv://cluster.test")]
    [InlineData("mongodb://u:p@ss@host/db", null)]
    [InlineData("mongodb://u:p/ss@host/db", null)]
    [InlineData("mongodb://u:p?ss@host/db", null)]
    [InlineData("mongodb://host/db?password=a@b", null)]
    [InlineData("cache.test:6379,password=p,ssl=true", "cache.test:6379")]
    [InlineData("a.test:1,b.test:2,user=u", "a.test:1,b.test:2")]
    [InlineData("password=p,cache.test:6379", null)]
    [InlineData("just-a-password", null)]
    [InlineData("Endpoint=sb://x;SharedAccessKey=p", null)]
    [InlineData("smtp://[::1]:25", "smtp://[::1]:25")]
    public void A_connection_string_is_shown_as_its_hosts(string text, string? shown)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:x"] = text })
            .Build();
        var setting = new SettingsReader(configuration).Read().Single(setting => setting.Name == "ConnectionStrings:x");
        Assert.Equal(shown, setting.Value);
        Assert.Equal(shown is null, setting.IsHidden);
    }
}
