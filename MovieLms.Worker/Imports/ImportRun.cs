using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using MovieLms.Application.Imports;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Files;
using MovieLms.Worker.Imports.Reading;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Imports;

/// <summary>
/// One attempt at an import: the first pass reads the whole file, and the second pass stores its rows in batches. A batch is stored before
/// it is counted, and storing is idempotent. Wherever an attempt ends, the next one continues after the last counted row and reaches the
/// same counts.
/// </summary>
internal sealed class ImportRun(
    ImportQueue queue,
    ImportTurns turns,
    ImportErrorStore errors,
    ImportFiles files,
    IEnumerable<IImportTarget> targets,
    ImportSignals signals,
    WorkerMetrics metrics,
    IOptions<ImportOptions> options,
    TimeProvider clock
)
{
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromMilliseconds(250);
    private readonly Dictionary<ImportKind, IImportTarget> _targets = targets
        .GroupBy(target => target.Kind)
        .ToDictionary(kind => kind.Key, kind => kind.Last());

    /// <summary>Stores or rejects every row that is not counted yet.</summary>
    /// <exception cref="BadFileException">The file cannot be read.</exception>
    /// <exception cref="LeaseLostException">Another worker may have claimed the import.</exception>
    /// <exception cref="OperationCanceledException">The lease was lost, or the host is stopping.</exception>
    internal async Task<RunOutcome> ExecuteAsync(ImportDocument import, string worker, LeaseKeeper lease)
    {
        if (!_targets.TryGetValue(import.Kind, out var target))
            throw new BadFileException($"This worker does not support imports of kind '{import.Kind}'.");
        var turn = new ImportTurn(turns, lease, options.Value.TimeSlice, clock);
        if ((import.Survey ?? await SurveyAsync(import, target, worker, lease)) is not { } survey)
            return RunOutcome.Canceled;
        return await StoreAsync(import.With(survey), target, worker, turn, lease.Token);
    }

    /// <summary>Publishes the progress to the owner's open connections.</summary>
    internal Task AnnounceAsync(ImportDocument import) =>
        signals.PublishProgressAsync(
            new ImportProgressMessage(
                import.Id.ToString(),
                import.OwnerId.ToString(),
                JsonNamingPolicy.CamelCase.ConvertName(import.Kind.ToString()),
                JsonNamingPolicy.CamelCase.ConvertName(import.State.ToString()),
                import.Total,
                import.Succeeded,
                import.Failed,
                Math.Round(import.RowsPerSecond, 1)
            )
        );

    /// <summary>Reads every row before the first one is stored. Returns null if the import is canceled.</summary>
    private async Task<ImportSurvey?> SurveyAsync(ImportDocument import, IImportTarget target, string worker, LeaseKeeper lease)
    {
        var maxRows = options.Value.MaxRows;
        var surveyor = target.BeginSurvey();
        var rows = 0L;
        await using var file = files.Open(import);
        await foreach (var row in RowReader.ReadAsync(file, import.File!.Format, target.Columns, lease.Token))
        {
            if (lease.IsCancelRequested)
                return null;
            if (row.Number > maxRows)
            {
                throw new BadFileException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The file has more than {maxRows:N0} rows, the maximum per import. Split the file."
                    )
                );
            }

            surveyor.Observe(row);
            rows = row.Number;
        }
        var survey = surveyor.GetResult(rows);
        if (!await queue.StoreSurveyAsync(import.Id, worker, survey, lease.Token))
            throw new LeaseLostException();
        return survey;
    }

    /// <summary>Fills a batch while the previous one is stored and counted. Batches are stored one at a time, in order.</summary>
    private async Task<RunOutcome> StoreAsync(
        ImportDocument import,
        IImportTarget target,
        string worker,
        ImportTurn turn,
        CancellationToken cancellationToken
    )
    {
        var stored = new StoredRows(import, clock);
        var storing = Task.CompletedTask;
        try
        {
            var batch = new RowBatch(import, target.BeginBatch(import));
            await using var file = files.Open(import);
            await foreach (var row in RowReader.ReadAsync(file, import.File!.Format, target.Columns, cancellationToken))
            {
                if (row.Number <= import.LastRow)
                    continue;
                batch.Add(row);
                if (batch.Count < options.Value.BatchRows)
                    continue;
                await storing;
                // This batch is not stored yet. If the attempt ends here, the next one reads its rows again.
                if (await turn.CheckAsync(cancellationToken) is { } outcome)
                    return outcome;
                storing = StoreAsync(batch, stored, worker, cancellationToken);
                batch = new RowBatch(import, target.BeginBatch(import));
            }
            await storing;
            if (batch.Count > 0)
                await StoreAsync(batch, stored, worker, cancellationToken);
            return RunOutcome.Completed;
        }
        finally
        {
            // Writes of this attempt must not overlap with those of the next one.
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreAsync(RowBatch batch, StoredRows stored, string worker, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await batch.StoreAsync(errors, cancellationToken);
        var import = stored.Import;
        var progress = batch.GetProgress(stored.GetRate(batch.LastRow));
        if (!await queue.CheckpointAsync(import.Id, worker, import.LastRow, progress, cancellationToken))
            throw new LeaseLostException();
        metrics.RecordRows(import.Kind, progress);
        stored.Add(progress);
        if (stored.TryStartAnnouncement(AnnounceInterval))
            await AnnounceAsync(stored.Import);
        var delay = stored.Pace.GetDelay(clock.GetElapsedTime(started));
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, clock, cancellationToken);
    }

    /// <summary>The progress of an attempt.</summary>
    private sealed class StoredRows(ImportDocument import, TimeProvider clock)
    {
        private readonly long _firstRow = import.LastRow;
        private readonly long _started = clock.GetTimestamp();
        private long _announcedAt = clock.GetTimestamp();

        internal ImportPace Pace { get; } = new();

        /// <summary>The import with its current counts.</summary>
        internal ImportDocument Import { get; private set; } = import;

        internal void Add(ImportProgress progress) => Import = Import.With(progress);

        /// <summary>Returns the attempt's rows per second up to a row.</summary>
        internal double GetRate(long row) => (row - _firstRow) / Math.Max(clock.GetElapsedTime(_started).TotalSeconds, 0.001);

        /// <summary>Returns whether an announcement is due, and if so, restarts the interval.</summary>
        internal bool TryStartAnnouncement(TimeSpan interval)
        {
            if (clock.GetElapsedTime(_announcedAt) < interval)
                return false;
            _announcedAt = clock.GetTimestamp();
            return true;
        }
    }
}
