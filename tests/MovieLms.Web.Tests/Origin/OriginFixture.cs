using System.Net.Http.Json;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.Web.Tests.Origin;

/// <summary>
/// Two installations of MovieLms with the same users and settings: one in a single process, and one as separate processes behind the
/// gateway with two instances of Realtime.
/// </summary>
public sealed class OriginFixture : IAsyncLifetime
{
    private const string StudentEmail = "student@movielms.example";
    private StandaloneProcess _standalone = null!;

    private static Dictionary<string, string?> Settings { get; } =
        new()
        {
            ["Admin__Email"] = TestUsers.AdminEmail,
            ["Admin__Password"] = TestUsers.AdminPassword,
            ["Auth__BcryptCost"] = "4",
            ["ForwardedHeaders__Proxies__0"] = "127.0.0.1",
            ["RateLimits__RequestsPerSecond"] = "100000",
            ["Auth__Providers__github__ClientId"] = "client",
            ["Auth__Providers__github__ClientSecret"] = "secret",
            ["RateLimits__Register__Permits"] = "100000",
            ["RateLimits__Refresh__Permits"] = "100000",
            ["RateLimits__LoginAddress__Permits"] = "100000",
            ["RateLimits__LoginVerify__Permits"] = "100000",
            ["RateLimits__ForgotAddress__Permits"] = "100000",
            ["RateLimits__Reset__Permits"] = "100000",
            ["RateLimits__External__Permits"] = "100000",
        };

    /// <summary>The processes behind the gateway.</summary>
    public ServiceProcesses Services { get; private set; } = null!;

    /// <summary>The address of the gateway.</summary>
    public Uri Gateway { get; private set; } = null!;

    /// <summary>The address of Standalone.</summary>
    public Uri Standalone => _standalone.Address;

    public async ValueTask InitializeAsync()
    {
        var standalone = StandaloneProcess.StartAsync(environment: Settings);
        Services = await ServiceProcesses.StartAsync(BackingServices.CreateName(), Settings);
        await Services.StartAnotherAsync("Realtime");
        _standalone = await standalone;
        // Both use the mail catcher of Standalone.
        Gateway = await Services.StartWebAsync(new Dictionary<string, string?> { ["services__mail__http__0"] = Standalone.ToString() });
        foreach (var origin in new[] { Standalone, Gateway })
        {
            using var client = new HttpClient { BaseAddress = origin };
            using var registered = await client.PostAsJsonAsync(
                "/api/auth/register",
                new
                {
                    username = "student",
                    email = StudentEmail,
                    password = TestUsers.Password,
                }
            );
            registered.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Returns an access token of a student or the administrator.</summary>
    public static async Task<string> GetTokenAsync(Uri origin, bool isAdmin)
    {
        using var client = new HttpClient { BaseAddress = origin };
        return isAdmin
            ? await client.LogInAsync(TestUsers.AdminEmail, TestUsers.AdminPassword)
            : await client.LogInAsync(StudentEmail, TestUsers.Password);
    }

    public async ValueTask DisposeAsync()
    {
        if (Services is not null)
            await Services.DisposeAsync();
        if (_standalone is not null)
            await _standalone.DisposeAsync();
    }
}

/// <summary>The test classes that share the processes of <see cref="OriginFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class OriginTests : ICollectionFixture<OriginFixture>
{
    public const string Name = "One origin";
}
