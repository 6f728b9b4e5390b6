using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MongoDB.Driver;

namespace MovieLms.ServiceDefaults.Mongo;

/// <summary>The MongoDB client and database from <c>ConnectionStrings:mongodb</c>, with health; tracing is the driver's own.</summary>
public static class MongoExtensions
{
    /// <summary>The database used when the connection string names none.</summary>
    private const string DefaultDatabase = "movielms";

    /// <summary>Registers the client, the database and the health check. <c>AddServiceDefaults()</c> calls it.</summary>
    public static void AddMongo(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MongoConnectionChanges>();
        builder.Services.AddSingleton<IMongoClient>(services =>
        {
            var settings = Settings(Url(builder.Configuration), builder.Environment);
            settings.ClusterConfigurator = services.GetRequiredService<MongoConnectionChanges>().Subscribe;
            return new MongoClient(settings);
        });
        builder.Services.AddSingleton(services =>
            services.GetRequiredService<IMongoClient>().GetDatabase(Url(builder.Configuration).DatabaseName ?? DefaultDatabase)
        );
        builder.Services.AddHealthChecks().AddCheck<MongoHealthCheck>("mongodb", HealthStatus.Unhealthy, timeout: TimeSpan.FromSeconds(3));
    }

    private static MongoUrl Url(IConfiguration configuration) =>
        configuration.GetConnectionString("mongodb") is { Length: > 0 } text
            ? MongoUrl.Create(text)
            : throw new InvalidOperationException(
                "No MongoDB is configured. Set ConnectionStrings__mongodb (mongodb://host:port/database), or run MovieLms.Standalone, which brings its own."
            );

    /// <summary>
    /// The driver's thirty seconds of waiting for a server would hold every request of an outage; five are enough to ride out an election.
    /// A write is acknowledged when it is in the journal on disk: without that, a crash of the machine loses up to 100 ms of acknowledged
    /// writes.
    /// </summary>
    private static MongoClientSettings Settings(MongoUrl url, IHostEnvironment environment)
    {
        var settings = MongoClientSettings.FromUrl(url);
        settings.ApplicationName ??= environment.ApplicationName;
        if (!url.Url.Contains("serverSelectionTimeout", StringComparison.OrdinalIgnoreCase))
            settings.ServerSelectionTimeout = TimeSpan.FromSeconds(5);
        if (!url.Url.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
            settings.ConnectTimeout = TimeSpan.FromSeconds(5);
        if (url.Journal is null && settings.WriteConcern.IsAcknowledged)
            settings.WriteConcern = settings.WriteConcern.With(journal: true);
        return settings;
    }
}
