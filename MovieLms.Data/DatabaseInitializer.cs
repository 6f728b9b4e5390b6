using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data;

/// <summary>
/// Creates the indexes of every store at startup, or waits for them when <c>Database:CreateIndexes</c> is false and a deployment
/// step creates them. Retries while the database is unavailable, so that startup order does not matter. Until the indexes exist,
/// the service is alive but not ready.
/// </summary>
public sealed partial class DatabaseInitializer(
    IEnumerable<IIndexedStore> stores,
    RelationIndexes relations,
    IMongoDatabase database,
    ILogger<DatabaseInitializer> logger,
    IConfiguration? configuration = null
) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(15);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _creates = !string.Equals(configuration?["Database:CreateIndexes"], "false", StringComparison.OrdinalIgnoreCase);
    private volatile string _state = "The indexes are being created.";

    /// <summary>Completes when every index exists.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Creates all indexes once, regardless of <c>Database:CreateIndexes</c>.</summary>
    public Task CreateIndexesAsync(CancellationToken cancellationToken) => EnsureAsync(IndexBuilder.Creating, cancellationToken);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            _ready.Task.IsCompletedSuccessfully
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, _state)
        );

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = MinDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await TryCompleteAsync(stoppingToken))
                    return;
            }
            catch (Exception e) when (e is MongoConnectionException or TimeoutException)
            {
                _state = "MongoDB does not respond yet; retrying.";
                LogUnavailable(logger, string.Join(", ", database.Client.Settings.Servers), delay.TotalSeconds);
            }
            catch (MongoException e)
            {
                _state = $"The indexes could not be {(_creates ? "created" : "checked")} ({e.GetType().Name}); see the log.";
                LogFailed(logger, e);
            }
            await Task.Delay(delay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 > MaxDelay ? MaxDelay : delay * 2;
        }
    }

    private async Task<bool> TryCompleteAsync(CancellationToken cancellationToken)
    {
        if (_creates)
        {
            await CreateIndexesAsync(cancellationToken);
        }
        else
        {
            var checker = new IndexChecker();
            await EnsureAsync(checker, cancellationToken);
            if (checker.Missing.Count > 0)
            {
                _state = $"Waiting for indexes: {checker.Missing.Count} do not exist yet.";
                LogWaiting(logger, checker.Missing.Count, checker.Missing[0]);
                return false;
            }
        }
        return _ready.TrySetResult();
    }

    private async Task EnsureAsync(IndexBuilder indexes, CancellationToken cancellationToken)
    {
        foreach (var store in stores)
            await store.EnsureIndexesAsync(indexes, cancellationToken);
        await relations.EnsureAsync(indexes, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "No MongoDB responds at {Servers}. Start one (or run MovieLms.Standalone); retrying in {Seconds} s")]
    private static partial void LogUnavailable(ILogger logger, string servers, double seconds);

    [LoggerMessage(
        LogLevel.Warning,
        "Waiting for {Count} indexes, among them {Index}: run MovieLms.ApiService --initialize-database, or set Database__CreateIndexes to true"
    )]
    private static partial void LogWaiting(ILogger logger, int count, string index);

    [LoggerMessage(LogLevel.Error, "The indexes could not be created or checked; retrying")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
