using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.ApiService;
using MovieLms.Data;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults;
using MovieLms.Worker;

namespace MovieLms.Testing;

/// <summary>The services in a test host.</summary>
[Flags]
public enum Services
{
    None = 0,
    Api = 1,
    Worker = 2,
    Realtime = 4,
    All = Api | Worker | Realtime,
}

/// <summary>Options of a <see cref="ServiceHost"/>.</summary>
public sealed record ServiceHostOptions
{
    public Services Services { get; init; } = Services.All;

    /// <summary>The name of the database and the Redis prefix; null for new ones that are dropped at the end.</summary>
    public string? Name { get; init; }

    /// <summary>Additional settings, which override the defaults of the tests.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The environment name.</summary>
    public string Environment { get; init; } = Environments.Development;

    /// <summary>Replaces registered services, such as the clock.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    /// <summary>Maps additional endpoints of the test.</summary>
    public Action<WebApplication>? Map { get; init; }

    /// <summary>Whether to wait until the indexes exist.</summary>
    public bool WaitUntilReady { get; init; } = true;
}

/// <summary>Any subset of the services on a real Kestrel port, with <see cref="BackingServices"/>.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private readonly bool _dropsDatabase;

    private ServiceHost(WebApplication app, string name, bool dropsDatabase)
    {
        (App, Name, _dropsDatabase) = (app, name, dropsDatabase);
        Address = new Uri(app.Urls.First());
        Client = CreateClient();
    }

    /// <summary>The running application.</summary>
    public WebApplication App { get; }

    /// <summary>The name of the database and the Redis prefix.</summary>
    public string Name { get; }

    /// <summary>The address on which the host listens.</summary>
    public Uri Address { get; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Client { get; }

    /// <summary>The host's database, for test setup and for checks behind the API.</summary>
    public IMongoDatabase Database => App.Services.GetRequiredService<IMongoDatabase>();

    /// <summary>Starts a host.</summary>
    public static async Task<ServiceHost> StartAsync(ServiceHostOptions? options = null)
    {
        options ??= new ServiceHostOptions();
        var backing = await BackingServices.GetAsync();
        var name = options.Name ?? BackingServices.CreateName();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = options.Environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Tests provoke errors on purpose, so their logs are only written on request.
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_LOGS") is null)
            builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:mongodb"] = backing.GetMongoConnectionString(name),
                ["ConnectionStrings:redis"] = backing.Redis,
                ["Redis:Prefix"] = name + ":",
                // The lowest cost that BCrypt allows, since tests hash many passwords.
                ["Auth:BcryptCost"] = "4",
                // All requests of the tests come from one IP address.
                ["RateLimits:Register:Permits"] = "100000",
                ["RateLimits:Refresh:Permits"] = "100000",
                ["RateLimits:LoginAddress:Permits"] = "100000",
                ["RateLimits:LoginVerify:Permits"] = "100000",
                ["RateLimits:ForgotAddress:Permits"] = "100000",
                ["RateLimits:Reset:Permits"] = "100000",
                ["RateLimits:External:Permits"] = "100000",
                // Analytics include every earlier write, however slow the machine is.
                ["Analytics:MaxRefreshShare"] = "1",
                ["Analytics:MaxWait"] = "00:00:30",
                ["Admin:Email"] = TestUsers.AdminEmail,
                ["Admin:Password"] = TestUsers.AdminPassword,
            }
        );
        builder.Configuration.AddInMemoryCollection(options.Settings);
        builder.AddServiceDefaults();
        if (options.Services.HasFlag(Services.Api))
            builder.AddApi();
        if (options.Services.HasFlag(Services.Worker))
            builder.AddWorker();
        if (options.Services.HasFlag(Services.Realtime))
            builder.AddRealtime();
        options.Configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        if (options.Services.HasFlag(Services.Api))
            app.MapApi();
        if (options.Services.HasFlag(Services.Worker))
            app.MapWorker();
        if (options.Services.HasFlag(Services.Realtime))
            app.MapRealtime();
        options.Map?.Invoke(app);
        await app.StartAsync();
        if (options.WaitUntilReady && app.Services.GetService<DatabaseInitializer>() is { } initializer)
            await initializer.Ready.WaitAsync(TimeSpan.FromSeconds(60));
        return new ServiceHost(app, name, options.Name is null);
    }

    /// <summary>Creates a client, with a bearer token if given.</summary>
    public HttpClient CreateClient(string? accessToken = null)
    {
        // Without a propagator the test's requests create no spans, so only the work of the host is traced.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = Address,
        };
        if (accessToken is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        return client;
    }

    /// <summary>Stops the host, and drops its database unless the test named it.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        if (_dropsDatabase)
        {
            using var cleaner = new MongoClient((await BackingServices.GetAsync()).MongoServer);
            await cleaner.DropDatabaseAsync(Name);
        }
        await App.DisposeAsync();
    }
}
