using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Storage;

/// <summary>
/// Creates every store's indexes at start, and keeps trying while the database is away, so that start-up order does not
/// matter. Until it is done the service is alive but not ready.
/// </summary>
public sealed partial class DatabaseInitializer(
    IEnumerable<IIndexedStore> stores, RelationIndexes relations, IMongoDatabase database, ILogger<DatabaseInitializer> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _state = "The indexes are being created.";

    /// <summary>Completes when every index exists.</summary>
    public Task Ready => _ready.Task;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_ready.Task.IsCompletedSuccessfully
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, _state));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = FirstDelay;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var store in stores) await store.EnsureIndexesAsync(stoppingToken);
                await relations.EnsureAsync(stoppingToken);
                _ready.TrySetResult();
                return;
            }
            catch (Exception e) when (e is MongoConnectionException or TimeoutException)
            {
                _state = "MongoDB does not answer yet; still trying.";
                LogWaiting(logger, string.Join(", ", database.Client.Settings.Servers), delay.TotalSeconds);
            }
            catch (MongoException e)
            {
                _state = $"An index could not be created ({e.GetType().Name}); see the log.";
                LogFailed(logger, e);
            }
            await Task.Delay(delay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 > LongestDelay ? LongestDelay : delay * 2;
        }
    }

    [LoggerMessage(LogLevel.Warning, "No MongoDB answers at {Servers}. Start one (or run MovieLms.Standalone); trying again in {Seconds} s")]
    private static partial void LogWaiting(ILogger logger, string servers, double seconds);

    [LoggerMessage(LogLevel.Error, "An index could not be created; trying again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
