using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MovieLms.Application.Imports;
using MovieLms.Application.Work;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Worker.Imports.Files;
using MovieLms.Worker.Imports.Reading;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Imports;

/// <summary>
/// The import queue. Claims an import, renews its lease while the rows are read and stored, and completes it with a report.
/// </summary>
internal sealed partial class ImportProcessor(
    ImportQueue queue,
    ImportFiles files,
    ImportRun run,
    ImportAccess access,
    ImportReporter reporter,
    WorkerMetrics metrics,
    IOptions<ImportOptions> options,
    TimeProvider clock,
    ILogger<ImportProcessor> logger
) : IWorkQueue
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(5);

    /// <summary>A new ID per process start, so a restarted worker never shares a lease with its predecessor.</summary>
    private readonly string _worker = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";

    private readonly ImportOptions _options = options.Value;

    /// <inheritdoc/>
    public string Name => ImportSignals.Queue;

    /// <inheritdoc/>
    public TimeSpan Interval => _options.Poll;

    /// <inheritdoc/>
    public int Parallelism => _options.Parallel;

    /// <inheritdoc/>
    public async Task<bool> RunNextAsync(CancellationToken cancellationToken)
    {
        if (await queue.ClaimAsync(_worker, _options.Lease, cancellationToken) is not { } import)
            return false;
        using var scope = logger.BeginIdScope("ImportId", import.Id.ToString());
        using var activity = TraceContext.StartFromParent("import", import.TraceParent);
        activity?.SetTag("import.id", import.Id.ToString()).SetTag("import.kind", import.Kind.ToString());
        await using var lease = new LeaseKeeper(queue, import.Id, _worker, _options.Lease, clock, cancellationToken);
        try
        {
            var outcome = import.CancelRequestedAt is null ? await RunAsync(import, lease) : RunOutcome.Canceled;
            if (outcome == RunOutcome.Yielded)
                await queue.ReleaseAsync(import.Id, _worker, TimeSpan.Zero, CancellationToken.None);
            else
                await EndAsync(import, outcome == RunOutcome.Canceled ? ImportEnd.Canceled : ImportEnd.Completed, lease.Token);
        }
        catch (BadFileException e)
        {
            await EndAsync(import, ImportEnd.Failed(e.Message), lease.Token);
        }
        catch (FileNotFoundException)
        {
            await EndAsync(import, ImportEnd.Failed("The uploaded file no longer exists."), lease.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Release the import, so that another worker need not wait for the lease to expire.
            await queue.ReleaseAsync(import.Id, _worker, TimeSpan.Zero, CancellationToken.None);
            throw;
        }
        catch (Exception e) when (e is LeaseLostException or OperationCanceledException && lease.IsLost)
        {
            LogLost(logger, import.Id.ToString());
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            await RetryLaterAsync(import, e, cancellationToken);
        }
        return true;
    }

    private async Task<RunOutcome> RunAsync(ImportDocument import, LeaseKeeper lease)
    {
        if (import.Attempts > _options.MaxAttempts)
            throw new BadFileException($"The import failed {import.Attempts - 1} times without progress.");
        if (await access.GetRejectionReasonAsync(import, lease.Token) is { } reason)
            throw new BadFileException(reason);
        return await run.ExecuteAsync(import, _worker, lease);
    }

    private async Task EndAsync(ImportDocument import, ImportEnd end, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var done = await queue.ReadAsync(import.Id, _worker, cancellationToken);
        // The report first: a finished import always has one. It is idempotent, so a crash in between makes no second report.
        if (done is not null)
            await reporter.ReportAsync(done.Ended(end, now), cancellationToken);
        // Not the lease's token: a heartbeat that finds the import finished cancels it before this call has returned.
        var ended = done is null ? null : await queue.FinishAsync(import.Id, _worker, end, now, CancellationToken.None);
        if (ended is null)
        {
            LogLost(logger, import.Id.ToString());
            return;
        }
        metrics.RecordImport(ended.Kind, JsonNamingPolicy.CamelCase.ConvertName(end.State.ToString()), now - ended.CreatedAt);
        LogEnded(logger, ended.Id.ToString(), ended.State, ended.Succeeded, ended.Failed);
        await files.UnstageAsync(ended);
        await run.AnnounceAsync(ended);
    }

    private async Task RetryLaterAsync(ImportDocument import, Exception cause, CancellationToken cancellationToken)
    {
        var delay = TimeSpan.FromTicks(Math.Min(MaxRetryDelay.Ticks, _options.FirstRetryDelay.Ticks << Math.Min(import.Attempts - 1, 10)));
        metrics.RecordImportRetry(import.Kind);
        LogRetry(logger, cause, import.Id.ToString(), import.Attempts, delay.TotalSeconds);
        // This fails too if the database is unavailable. The lease then expires, and a worker claims the import again.
        await queue.ReleaseAsync(import.Id, _worker, delay, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Import {Import} {State}: {Succeeded} rows stored, {Failed} rejected")]
    private static partial void LogEnded(ILogger logger, string import, ImportState state, long succeeded, long failed);

    [LoggerMessage(LogLevel.Warning, "The lease of import {Import} was lost to another worker; this worker stopped")]
    private static partial void LogLost(ILogger logger, string import);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of import {Import} failed; retrying in {Seconds} s")]
    private static partial void LogRetry(ILogger logger, Exception exception, string import, int attempt, double seconds);
}
