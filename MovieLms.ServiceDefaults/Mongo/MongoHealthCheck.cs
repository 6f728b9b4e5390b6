using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.ServiceDefaults.Mongo;

/// <summary>Checks the database with <c>ping</c> (https://www.mongodb.com/docs/manual/reference/command/ping/).</summary>
internal sealed class MongoHealthCheck(IMongoDatabase database) : IHealthCheck
{
    private static readonly BsonDocumentCommand<BsonDocument> Ping = new(new BsonDocument("ping", 1));

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.RunCommandAsync(Ping, cancellationToken: cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException)
        {
            // The exception's message may contain the connection string's host and options, which readers of /health must not see.
            return new HealthCheckResult(context.Registration.FailureStatus, $"MongoDB is unavailable ({e.GetType().Name}).");
        }
    }
}
