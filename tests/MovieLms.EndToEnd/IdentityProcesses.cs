using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd;

/// <summary>The services as processes, with MailDev as their mail server. Shared by the tests of a class.</summary>
public sealed class IdentityProcesses : IAsyncDisposable
{
    public const string AdminEmail = "admin@movielms.example";
    public const string AdminPassword = "rosebud was a sled";

    public MailDev? Mail { get; private set; }

    public ServiceProcesses? Services { get; private set; }

    /// <summary>A client of ApiService without credentials.</summary>
    public HttpClient? Api { get; private set; }

    /// <summary>The address of the gateway, which has the pages that mails link to.</summary>
    public Uri? Web { get; private set; }

    /// <summary>Starts the processes on first use. A fixture cannot skip a test, so the first test starts them.</summary>
    public async Task StartAsync()
    {
        if (Api is not null)
            return;
        Mail = await MailDev.StartAsync();
        Services = await ServiceProcesses.StartAsync(
            BackingServices.CreateName(),
            new Dictionary<string, string?>
            {
                ["Admin__Email"] = AdminEmail,
                ["Admin__Password"] = AdminPassword,
                ["ConnectionStrings__smtp"] = Mail.ConnectionString,
                ["RateLimits__Register__Permits"] = "1000",
                ["RateLimits__LoginAddress__Permits"] = "1000",
            }
        );
        Web = await Services.StartWebAsync();
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
