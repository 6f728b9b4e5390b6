using Microsoft.AspNetCore.Connections;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.ServiceDefaults.Http;
using MovieLms.ServiceDefaults.Serialization;
using MovieLms.Web.Pages;

namespace MovieLms.Standalone.Mail;

/// <summary>Serves the inbox on loopback when the services run as separate processes. A gateway forwards <c>/mail</c> to it.</summary>
internal sealed class MailSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MailSite(WebApplication app) => _app = app;

    internal string Address => $"{_app.Urls.First()}/mail";

    /// <exception cref="StandaloneException">The port is in use.</exception>
    internal static async Task<MailSite> StartAsync(int port, string folder, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = StandaloneHost.EnvironmentName });
        builder.Services.AddSingleton<LocalCaller>();
        builder.Services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(options => options.AddServerHeader = false);
        var app = builder.Build();
        app.Use(
            (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "no-referrer";
                return next(context);
            }
        );
        app.UseRoutingWithHead();
        app.MapGet("/healthz", () => "Healthy");
        app.MapMailPage(folder);
        app.MapPageAssets();
        app.MapGet("/", () => TypedResults.Redirect("/mail"));
        try
        {
            await app.StartAsync(cancellationToken);
            return new MailSite(app);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new StandaloneException($"Port {port} for the mail page is already in use; choose another with --mail-port PORT.", e);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
