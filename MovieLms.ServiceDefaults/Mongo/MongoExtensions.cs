using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using MongoDB.Driver;

namespace MovieLms.ServiceDefaults.Mongo;

/// <summary>
/// Registers the MongoDB client and database from <c>ConnectionStrings:mongodb</c>, with a health check. The driver does the tracing.
/// </summary>
public static class MongoExtensions
{
    /// <summary>The database if the connection string names none.</summary>
    private const string DefaultDatabase = "movielms";

    /// <summary>Registers the client, the database and the health check. <c>AddServiceDefaults()</c> calls it.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="failureStatus">The health of the host while the database is unavailable.</param>
    public static void AddMongo(this IHostApplicationBuilder builder, HealthStatus failureStatus = HealthStatus.Unhealthy)
    {
        builder.Services.AddSingleton<MongoConnectionChanges>();
        builder.Services.AddSingleton<IMongoClient>(services =>
        {
            var settings = CreateSettings(GetUrl(builder.Configuration), builder.Environment);
            settings.ClusterConfigurator = services.GetRequiredService<MongoConnectionChanges>().Subscribe;
            return new MongoClient(settings);
        });
        builder.Services.AddSingleton(services =>
            services.GetRequiredService<IMongoClient>().GetDatabase(GetUrl(builder.Configuration).DatabaseName ?? DefaultDatabase)
        );
        builder.Services.AddHealthChecks().AddCheck<MongoHealthCheck>("mongodb", failureStatus, timeout: TimeSpan.FromSeconds(3));
    }

    private static MongoUrl GetUrl(IConfiguration configuration) =>
        configuration.GetConnectionString("mongodb") is { Length: > 0 } text
            ? MongoUrl.Create(text)
            : throw new InvalidOperationException(
                "No MongoDB is configured. Set ConnectionStrings__mongodb (mongodb://host:port/database), or run MovieLms.Standalone, which includes one."
            );

    /// <summary>
    /// Waits 5 s for a server, which is enough for an election; during an outage the driver's default of 30 s would delay every
    /// request. Writes are acknowledged once they are in the journal on disk. Without that, a crash of the machine loses up to
    /// 100 ms of acknowledged writes.
    /// </summary>
    private static MongoClientSettings CreateSettings(MongoUrl url, IHostEnvironment environment)
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
