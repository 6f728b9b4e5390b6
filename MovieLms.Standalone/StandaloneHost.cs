using MovieLms.ApiService;
using MovieLms.Realtime;
using MovieLms.ServiceDefaults;
using MovieLms.Standalone.Mail;
using MovieLms.Web.Pages;
using MovieLms.Worker;

namespace MovieLms.Standalone;

/// <summary>The three services in one web application over the backing services this process brought.</summary>
internal static class StandaloneHost
{
    private const string DefaultUrls = "http://localhost:5400";

    /// <summary>The default way to try MovieLms is development, unless the environment says otherwise.</summary>
    internal static string EnvironmentName =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
        ?? Environments.Development;

    internal static WebApplicationBuilder CreateBuilder(string[] configurationWords)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = configurationWords,
                EnvironmentName = EnvironmentName,
                ApplicationName = "MovieLms.Standalone",
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        // The start table says what the host's own lines would.
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // Keys in a folder of one's own machine need no certificate; services elsewhere still hear of its absence.
        if (builder.Environment.IsDevelopment())
            builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.UseUrls(Urls(builder));
        return builder;
    }

    /// <summary>The addresses to listen on, separated by semicolons.</summary>
    internal static string Urls(WebApplicationBuilder builder) => builder.Configuration["urls"] ?? DefaultUrls;

    /// <summary>A connection string in the configuration replaces the embedded service of that name.</summary>
    /// <exception cref="StandaloneException">The embedded database is wanted in Production and not expressly allowed.</exception>
    internal static BackingKinds KindsNeeded(WebApplicationBuilder builder, StandaloneOptions options)
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
                "The embedded MongoDB is for development and tests; set ConnectionStrings__mongodb, or say --allow-embedded."
            );
        }

        return kinds;
    }

    internal static WebApplication Build(WebApplicationBuilder builder, EmbeddedBackingServices backing, DataFolder folder)
    {
        var settings = new Dictionary<string, string?> { ["Admin:MakeUp"] = "true" };
        if (backing.Mongo is { } mongo)
        {
            settings["ConnectionStrings:mongodb"] = mongo.ConnectionString;
            // Beside the database and not in it: a copy of the database alone decrypts nothing.
            settings["DataProtection:Directory"] = folder.Sub("keys");
        }
        if (backing.Redis is { } redis)
            settings["ConnectionStrings:redis"] = redis.ConnectionString;
        if (backing.Mail is { } mail)
            settings["ConnectionStrings:smtp"] = mail.ConnectionString;
        builder.Configuration.AddInMemoryCollection(settings);

        builder.AddServiceDefaults();
        builder.AddPages();
        builder.AddApi();
        builder.AddWorker();
        builder.AddRealtime();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapApi();
        app.MapWorker();
        app.MapRealtime();
        if (backing.Mail is not null)
            app.MapMailPage(backing.Mail.Folder);
        app.MapPages(hasMail: backing.Mail is not null);
        // Links in mail lead to where this process listens, unless it was told where people reach it.
        if (string.IsNullOrEmpty(app.Configuration["PublicUrl"]))
            app.Lifetime.ApplicationStarted.Register(() => app.Configuration["PublicUrl"] = ListenAddress.Reachable(app.Urls.First()));
        return app;
    }
}
