using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Responses of features that are not set up name no settings. The log does, once.</summary>
public sealed partial class UnconfiguredFeatureTests
{
    [Fact]
    public async Task Clients_see_no_settings_and_the_log_names_them_once()
    {
        using var log = new FakeLoggerProvider();
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions { Services = Services.Api, Configure = services => services.AddSingleton<ILoggerProvider>(log) }
        );
        // A further endpoint that declares 501 needs a request below.
        Assert.Equal(
            ["beginExternalSignIn", "sendCode"],
            host.App.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.Where(endpoint =>
                    endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Any(metadata => metadata.StatusCode == 501)
                )
                .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName)
                .Order(StringComparer.Ordinal)
        );
        var user = await host.SignInStudentAsync();
        for (var i = 0; i < 2; i++)
        {
            await AssertPlainAsync(await host.Client.GetAsync("/api/auth/google"));
            await AssertPlainAsync(await host.Client.GetAsync("/api/auth/GitHub"));
            foreach (var channel in new[] { "sms", "whatsApp" })
                await AssertPlainAsync(await user.Client.PostAsJsonAsync("/api/auth/otp", new { channel, purpose = "verifyPhone" }));
        }
        foreach (var setting in new[] { "Auth:Providers:google:ClientId", "Auth:Providers:github:ClientId", "WhatsApp:PhoneNumberId" })
            Assert.Single(log.GetLines(LogLevel.Warning), line => line.Contains(setting, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rejected_return_url_names_no_setting()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?>
                {
                    ["Auth:Providers:github:ClientId"] = "id",
                    ["Auth:Providers:github:ClientSecret"] = "secret",
                },
            }
        );
        using var response = await host.Client.GetAsync("/api/auth/github?returnUrl=https://attacker.example");
        await response.AssertProblemAsync(400, "returnUrl");
        Assert.DoesNotMatch(SettingName(), (await response.JsonAsync()).GetProperty("errors").GetRawText());
    }

    private static async Task AssertPlainAsync(HttpResponseMessage response)
    {
        await response.AssertProblemAsync(501);
        var detail = (await response.JsonAsync()).GetProperty("detail").GetString()!;
        Assert.DoesNotMatch(SettingName(), detail);
        response.Dispose();
    }

    /// <summary>A section and a name (<c>Auth:ReturnUrls</c>), an environment variable, or a name such as <c>ClientId</c>.</summary>
    [GeneratedRegex(@"\w:[A-Z]\w|__|[a-z](Id|Secret|Token)\b")]
    private static partial Regex SettingName();
}
