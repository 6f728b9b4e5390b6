using MovieLms.ApiService;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults;
using MovieLms.Standalone.Mail;
using MovieLms.Web.Pages;
using MovieLms.Web.Session;
using MovieLms.Worker;

namespace MovieLms.Standalone;

/// <summary>The three services in one web application, with embedded or configured backing services.</summary>
internal static class StandaloneHost
{
    private const string DefaultUrls = "http://localhost:5400";

    /// <summary>The environment's name: Development unless an environment variable sets another.</summary>
    internal static string EnvironmentName =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
        ?? Environments.Development;

    internal static WebApplicationBuilder CreateBuilder(string[] configurationArguments)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = configurationArguments,
                EnvironmentName = EnvironmentName,
                ApplicationName = "MovieLms.Standalone",
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        // The startup table replaces these log messages.
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // In Development, the keys on the local disk need no certificate. Other environments still log the warning.
        if (builder.Environment.IsDevelopment())
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.UseUrls(GetUrls(builder));
        return builder;
    }

    /// <summary>Returns the addresses to listen on, separated by semicolons.</summary>
    internal static string GetUrls(WebApplicationBuilder builder) => builder.Configuration["urls"] ?? DefaultUrls;

    /// <summary>Returns the embedded services to start: those without a connection string in the configuration.</summary>
    /// <exception cref="StandaloneException">The embedded MongoDB would run in Production without --allow-embedded.</exception>
    internal static BackingKinds GetRequiredKinds(WebApplicationBuilder builder, StandaloneOptions options)
    {
        var kinds = BackingKinds.None;
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString("mongodb")))
            kinds |= BackingKinds.Mongo;
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString("redis")))
            kinds |= BackingKinds.Redis;
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString("smtp")))
            kinds |= BackingKinds.Mail;
        if (kinds.HasFlag(BackingKinds.Mongo) && builder.Environment.IsProduction() && !options.AllowEmbedded)
        {
            throw new StandaloneException(
                "The embedded MongoDB is for development and tests; set ConnectionStrings__mongodb, or use --allow-embedded."
            );
        }

        return kinds;
    }

    internal static WebApplication Build(WebApplicationBuilder builder, EmbeddedBackingServices backing, DataFolder folder)
    {
        var settings = new Dictionary<string, string?> { ["Admin:IssueLink"] = "true" };
        if (backing.Mongo is { } mongo)
        {
            settings["ConnectionStrings:mongodb"] = mongo.ConnectionString;
            // The keys are stored outside the database, so that a copy of the database alone decrypts nothing.
            settings["DataProtection:Directory"] = folder.GetSubfolder("keys");
        }
        if (backing.Redis is { } redis)
            settings["ConnectionStrings:redis"] = redis.ConnectionString;
        if (backing.Mail is { } mail)
            settings["ConnectionStrings:smtp"] = mail.ConnectionString;
        builder.Configuration.AddInMemoryCollection(settings);

        builder.AddServiceDefaults();
        builder.AddSessions();
        builder.AddPages();
        builder.AddPageRequests();
        builder.AddApi();
        builder.AddWorker();
        builder.AddRealtime();
        DeferredServices.Defer(builder.Services);
        builder.Services.AddHostedService<IdleMemory>();

        var publicUrl = new PublicUrlSource();
        builder.Configuration.Sources.Add(publicUrl);
        var app = builder.Build();
        app.UsePageRequests();
        app.UseServiceDefaults(beforeAccess: VisitorSessionExtensions.UseSessions);
        app.MapApi();
        app.MapWorker();
        app.MapRealtime();
        if (backing.Mail is not null)
            app.MapMailPage(backing.Mail.Folder);
        app.MapPages(hasMail: backing.Mail is not null, isFirstStart: () => app.Services.GetRequiredService<FirstAdmin>().IsLinkOpen);
        // Links in mail use the listen address unless PublicUrl is configured.
        if (string.IsNullOrEmpty(app.Configuration["PublicUrl"]))
            app.Lifetime.ApplicationStarted.Register(() => publicUrl.Set(ListenAddress.GetReachableUrl(app.Urls.First())));
        return app;
    }
}
