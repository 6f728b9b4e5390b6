using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Passwords must not contain context-specific words (ASVS 5.0, 6.1.2 and 6.2.11).</summary>
public sealed class ForbiddenWordTests
{
    [Fact]
    public async Task A_password_with_the_name_of_the_product_or_the_school_is_rejected()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?> { ["Auth:ForbiddenPasswordWords:0"] = "Babelsberg" },
            }
        );
        Assert.Equal(HttpStatusCode.BadRequest, await RegisterAsync(host, "x7mq-MovieLms-v2kz9w"));
        Assert.Equal(HttpStatusCode.BadRequest, await RegisterAsync(host, "x7mq-m0v1elm$-v2kz9w"));
        Assert.Equal(HttpStatusCode.BadRequest, await RegisterAsync(host, "x7mq-BABELSBERG-v2kz"));
        Assert.Equal(HttpStatusCode.BadRequest, await RegisterAsync(host, "x7mq-b4belsberg-v2kz"));
        Assert.Equal(HttpStatusCode.Created, await RegisterAsync(host, "x7mq-another-v2kz9w"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    public async Task A_word_that_is_too_short_prevents_startup(string word)
    {
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            ServiceHost.StartAsync(
                new ServiceHostOptions
                {
                    Services = Services.Api,
                    Settings = new Dictionary<string, string?> { ["Auth:ForbiddenPasswordWords:0"] = word },
                }
            )
        );
        Assert.Contains("Auth:ForbiddenPasswordWords", e.Message);
    }

    private static async Task<HttpStatusCode> RegisterAsync(ServiceHost host, string password)
    {
        using var response = await host.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = "Ida",
                email = TestUsers.NewEmail(),
                password,
            }
        );
        return response.StatusCode;
    }
}
