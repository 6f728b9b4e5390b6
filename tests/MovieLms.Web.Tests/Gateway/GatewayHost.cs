using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults;
using MovieLms.ServiceDefaults.Mongo;
using MovieLms.Testing;
using MovieLms.Web.Gateway;
using MovieLms.Web.Pages;
using MovieLms.Web.Session;

namespace MovieLms.Web.Tests.Gateway;

/// <summary>The gateway, listening on a port of this process.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Client = NewClient();
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a gateway for the instances in <paramref name="services"/>, in which a service may appear more than once.</summary>
    /// <remarks><paramref name="first"/> adds middleware before the gateway's own.</remarks>
    public static async Task<GatewayHost> StartAsync(
        IEnumerable<(string Service, string Address)> services,
        IReadOnlyDictionary<string, string?>? settings = null,
        string environment = "Development",
        Action<ILoggingBuilder>? logging = null,
        Action<WebApplication>? first = null
    )
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls(settings?.GetValueOrDefault("urls") ?? "http://127.0.0.1:0");
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_LOGS") is null)
            builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        var all = new Dictionary<string, string?>
        {
            ["ConnectionStrings:mongodb"] = (await BackingServices.GetAsync()).GetMongoConnectionString(BackingServices.CreateName()),
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            all[name] = value;
        foreach (var instances in services.GroupBy(service => service.Service, service => service.Address))
        {
            foreach (var (index, address) in instances.Index())
                all[$"services:{instances.Key}:http:{index}"] = address;
        }

        builder.Configuration.AddInMemoryCollection(all);
        builder.AddHostDefaults();
        builder.AddMongo(HealthStatus.Degraded);
        builder.AddSessions();
        builder.AddPages();
        builder.AddGateway();
        var app = builder.Build();
        first?.Invoke(app);
        app.UseHostDefaults(beforeAccess: VisitorSessionExtensions.UseSessions);
        app.MapPages(hasMail: GatewayRoutes.HasMail(app.Configuration));
        app.MapGateway();
        await app.StartAsync();
        return new GatewayHost(app);
    }

    /// <summary>Creates a client that does not follow redirects or propagate traces.</summary>
    public HttpClient NewClient() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ActivityHeadersPropagator = null,
                // The default of one second is too short for a loaded machine.
                Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
            }
        )
        {
            BaseAddress = Address,
        };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
