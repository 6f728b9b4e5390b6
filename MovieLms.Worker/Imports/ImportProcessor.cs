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
/// The queue of imports. An import is claimed, its lease is renewed while its rows are read and stored, and it ends with a report.
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

    /// <summary>New at each start: a restarted process is another worker than the one that died.</summary>
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
        using var activity = TraceContext.Continue("import", import.TraceParent);
        activity?.SetTag("import.id", import.Id.ToString()).SetTag("import.kind", import.Kind.ToString());
        await using var lease = new LeaseKeeper(queue, import.Id, _worker, _options.Lease, clock, cancellationToken);
        try
        {
            var outcome = import.CancelRequestedAt is null ? await RunAsync(import, lease) : RunOutcome.Canceled;
            if (outcome == RunOutcome.Yielded)
                await queue.ReleaseAsync(import.Id, _worker, TimeSpan.Zero, CancellationToken.None);
            else
                await EndAsync(import, outcome == RunOutcome.Canceled ? ImportEnd.Canceled : ImportEnd.Completed, lease.Held);
        }
        catch (BadFileException e)
        {
            await EndAsync(import, ImportEnd.Failed(e.Message), lease.Held);
        }
        catch (FileNotFoundException)
        {
            await EndAsync(import, ImportEnd.Failed("The uploaded file is no longer there."), lease.Held);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Handed back, so that another worker need not wait for the lease to run out.
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
            throw new BadFileException($"Working on this file ended {import.Attempts - 1} times without a result.");
        if (await access.GetRejectionReasonAsync(import, lease.Held) is { } reason)
            throw new BadFileException(reason);
        return await run.ExecuteAsync(import, _worker, lease);
    }

    private async Task EndAsync(ImportDocument import, ImportEnd end, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var done = await queue.ReadAsync(import.Id, _worker, cancellationToken);
        // The report comes first and is repeatable: whoever sees the end also finds it, and a crash between makes no second one.
        if (done is not null)
            await reporter.ReportAsync(done.Ended(end, now), cancellationToken);
        // Not with the lease's token: a heartbeat that finds the import ended cancels it while this call returns.
        var ended = done is null ? null : await queue.FinishAsync(import.Id, _worker, end, now, CancellationToken.None);
        if (ended is null)
        {
            LogLost(logger, import.Id.ToString());
            return;
        }
        metrics.ImportEnded(ended.Kind, JsonNamingPolicy.CamelCase.ConvertName(end.State.ToString()), now - ended.CreatedAt);
        LogEnded(logger, ended.Id.ToString(), ended.State, ended.Succeeded, ended.Failed);
        await files.UnstageAsync(ended);
        await run.AnnounceAsync(ended);
    }

    private async Task RetryLaterAsync(ImportDocument import, Exception cause, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromTicks(Math.Min(MaxRetryDelay.Ticks, _options.FirstRetryDelay.Ticks << Math.Min(import.Attempts - 1, 10)));
        metrics.ImportRetried(import.Kind);
        LogRetry(logger, cause, import.Id.ToString(), import.Attempts, pause.TotalSeconds);
        // When the database is what failed, this fails too: then the lease runs out, and the import is found again.
        await queue.ReleaseAsync(import.Id, _worker, pause, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Import {Import} {State}: {Succeeded} rows stored, {Failed} reported")]
    private static partial void LogEnded(ILogger logger, string import, ImportState state, long succeeded, long failed);

    [LoggerMessage(LogLevel.Warning, "Import {Import} went to another worker; this one stopped")]
    private static partial void LogLost(ILogger logger, string import);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of import {Import} failed; again in {Seconds} s")]
    private static partial void LogRetry(ILogger logger, Exception exception, string import, int attempt, double seconds);
}
