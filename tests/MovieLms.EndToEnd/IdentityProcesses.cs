using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd;

/// <summary>The three services as processes, and MailDev to take their mail; once a test class.</summary>
public sealed class IdentityProcesses : IAsyncDisposable
{
    public const string AdminEmail = "admin@movielms.example";
    public const string AdminPassword = "rosebud was a sled";

    public MailDev? Mail { get; private set; }

    public ServiceProcesses? Services { get; private set; }

    /// <summary>A client of ApiService without credentials.</summary>
    public HttpClient? Api { get; private set; }

    /// <summary>Starts them on first use: a test that must be skipped says so itself, which a fixture cannot.</summary>
    public async Task StartAsync()
    {
        if (Api is not null)
            return;
        Mail = await MailDev.StartAsync();
        Services = await ServiceProcesses.StartAsync(
            BackingServices.NewName(),
            new Dictionary<string, string?>
            {
                ["Admin__Email"] = AdminEmail,
                ["Admin__Password"] = AdminPassword,
                ["ConnectionStrings__smtp"] = Mail.ConnectionString,
                ["RateLimits__Register__Permits"] = "1000",
                ["RateLimits__LoginAddress__Permits"] = "1000",
            }
        );
        Api = new HttpClient { BaseAddress = Services.Api };
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (Services is not null)
            await Services.DisposeAsync();
        if (Mail is not null)
            await Mail.DisposeAsync();
    }
}
