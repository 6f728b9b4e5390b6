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
/// One attempt at an import: a first pass looks at the whole file, a second stores its rows in batches. A batch is stored
/// before it is counted, and storing is repeatable: wherever an attempt ends, the next goes on behind the last counted row
/// and ends with the same counts.
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
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromMilliseconds(250);
    private readonly Dictionary<ImportKind, IImportTarget> _targets = targets
        .GroupBy(target => target.Kind)
        .ToDictionary(kind => kind.Key, kind => kind.Last());

    /// <summary>Stores or reports every row that is not counted yet.</summary>
    /// <exception cref="BadFileException">The file cannot be read.</exception>
    /// <exception cref="LeaseLostException">Another worker may hold the import.</exception>
    /// <exception cref="OperationCanceledException">The lease was lost, or the process stops.</exception>
    internal async Task<RunOutcome> ExecuteAsync(ImportDocument import, string worker, LeaseKeeper lease)
    {
        if (!_targets.TryGetValue(import.Kind, out var target))
            throw new BadFileException($"Imports of '{import.Kind}' are not known here.");
        var turn = new ImportTurn(turns, lease, options.Value.TimeSlice, clock);
        if ((import.Survey ?? await SurveyAsync(import, target, worker, lease)) is not { } survey)
            return RunOutcome.Canceled;
        return await StoreAsync(import.With(survey), target, worker, turn, lease.Held);
    }

    /// <summary>Tells the owner's open connections how far it is.</summary>
    internal Task AnnounceAsync(ImportDocument import) =>
        signals.ProgressAsync(
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

    /// <summary>Looks at every row before the first is stored. Null when the import is canceled meanwhile.</summary>
    private async Task<ImportSurvey?> SurveyAsync(ImportDocument import, IImportTarget target, string worker, LeaseKeeper lease)
    {
        var maxRows = options.Value.MaxRows;
        var surveyor = target.BeginSurvey();
        var rows = 0L;
        await using var file = files.Open(import);
        await foreach (var row in RowReader.ReadAsync(file, import.File!.Format, target.Columns, lease.Held))
        {
            if (lease.IsCancelRequested)
                return null;
            if (row.Number > maxRows)
            {
                throw new BadFileException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The file has more than {maxRows:N0} rows, the maximum of an import. Split it."
                    )
                );
            }

            surveyor.See(row);
            rows = row.Number;
        }
        var survey = surveyor.Result(rows);
        if (!await queue.SurveyedAsync(import.Id, worker, survey, lease.Held))
            throw new LeaseLostException();
        return survey;
    }

    /// <summary>Fills a batch while the one before is stored and counted; one is stored at a time, in order.</summary>
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
                // The rows of this batch are not stored yet: a later attempt reads them again.
                if (await turn.EndAsync(cancellationToken) is { } end)
                    return end;
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
            // Nothing of this attempt may be under way when the next begins.
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreAsync(RowBatch batch, StoredRows stored, string worker, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        await batch.StoreAsync(errors, cancellationToken);
        var import = stored.Import;
        var progress = batch.Progress(stored.RateAt(batch.LastRow));
        if (!await queue.CheckpointAsync(import.Id, worker, import.LastRow, progress, cancellationToken))
            throw new LeaseLostException();
        metrics.Counted(import.Kind, progress);
        stored.Count(progress);
        if (stored.TryTell(AnnounceEvery))
            await AnnounceAsync(stored.Import);
        var rest = stored.Pace.RestAfter(clock.GetElapsedTime(began));
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, clock, cancellationToken);
    }

    /// <summary>How far an attempt is.</summary>
    /// <param name="import">As the attempt found it.</param>
    /// <param name="clock">Measures it from now on.</param>
    private sealed class StoredRows(ImportDocument import, TimeProvider clock)
    {
        private readonly long _firstRow = import.LastRow;
        private readonly long _started = clock.GetTimestamp();
        private long _told = clock.GetTimestamp();

        internal ImportPace Pace { get; } = new();

        /// <summary>The import with what was counted since.</summary>
        internal ImportDocument Import { get; private set; } = import;

        internal void Count(ImportProgress progress) => Import = Import.With(progress);

        /// <summary>Rows a second, counted up to a row.</summary>
        internal double RateAt(long row) => (row - _firstRow) / Math.Max(clock.GetElapsedTime(_started).TotalSeconds, 0.001);

        /// <summary>Whether it is long enough since the owner was told last; then it counts as told now.</summary>
        internal bool TryTell(TimeSpan every)
        {
            if (clock.GetElapsedTime(_told) < every)
                return false;
            _told = clock.GetTimestamp();
            return true;
        }
    }
}
