using System.Text.Json;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.ServiceDefaults.Imports;
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
    ImportErrorStore errors,
    ImportFiles files,
    IEnumerable<IImportTarget> targets,
    ImportSignals signals,
    WorkerMetrics metrics,
    IOptions<ImportOptions> options,
    TimeProvider clock)
{
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromMilliseconds(250);
    private readonly Dictionary<ImportKind, IImportTarget> _targets = targets.GroupBy(target => target.Kind).ToDictionary(kind => kind.Key, kind => kind.Last());

    /// <summary>Stores or reports every row that is not counted yet.</summary>
    /// <exception cref="BadFileException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The lease was lost, or the process stops.</exception>
    internal async Task ExecuteAsync(ImportDocument import, string worker, CancellationToken cancellationToken)
    {
        if (!_targets.TryGetValue(import.Kind, out var target)) throw new BadFileException($"Imports of '{import.Kind}' are not known here.");
        var survey = import.Survey ?? await SurveyAsync(import, target, worker, cancellationToken);
        var surveyed = import.With(survey);
        await StoreAsync(surveyed, target, worker, cancellationToken);
        await target.CompletedAsync(surveyed, cancellationToken);
    }

    /// <summary>Tells the owner's open connections how far it is.</summary>
    internal Task AnnounceAsync(ImportDocument import) => signals.ProgressAsync(new ImportProgressMessage(
        import.Id.ToString(),
        import.OwnerId.ToString(),
        JsonNamingPolicy.CamelCase.ConvertName(import.Kind.ToString()),
        JsonNamingPolicy.CamelCase.ConvertName(import.State.ToString()),
        import.Total,
        import.Succeeded,
        import.Failed,
        Math.Round(import.RowsPerSecond, 1)));

    private async Task<ImportSurvey> SurveyAsync(ImportDocument import, IImportTarget target, string worker, CancellationToken cancellationToken)
    {
        var surveyor = target.BeginSurvey();
        var rows = 0L;
        await using var file = files.Open(import);
        await foreach (var row in RowReader.ReadAsync(file, import.File!.Format, target.Columns, cancellationToken))
        {
            surveyor.See(row);
            rows = row.Number;
        }
        var survey = surveyor.Result(rows);
        if (!await queue.SurveyedAsync(import.Id, worker, survey, cancellationToken)) throw new OperationCanceledException("The lease was lost.");
        return survey;
    }

    private async Task StoreAsync(ImportDocument import, IImportTarget target, string worker, CancellationToken cancellationToken)
    {
        var writer = target.BeginWriting(import);
        var batch = new Batch(import);
        var announced = clock.GetTimestamp();
        var started = announced;
        await using var file = files.Open(import);
        await foreach (var row in RowReader.ReadAsync(file, import.File!.Format, target.Columns, cancellationToken))
        {
            if (row.Number <= import.LastRow) continue;
            batch.Add(row, writer.Add(row));
            if (batch.Rows < options.Value.BatchRows) continue;
            await FlushAsync();
            if (clock.GetElapsedTime(announced) < AnnounceEvery) continue;
            announced = clock.GetTimestamp();
            await AnnounceAsync(batch.Total);
        }
        if (batch.Rows > 0) await FlushAsync();

        async Task FlushAsync()
        {
            var corrected = writer.Corrected;
            await Task.WhenAll(writer.StoreAsync(cancellationToken), errors.AddAsync(batch.Errors, cancellationToken));
            if (writer.Refused.Count > 0) await errors.AddAsync(batch.Refuse(writer.Refused), cancellationToken);
            var rate = batch.RateAfter(clock.GetElapsedTime(started));
            var progress = new ImportProgress(batch.LastRow, batch.Rows - batch.Errors.Count, batch.Errors.Count, corrected, rate);
            if (!await queue.CheckpointAsync(import.Id, worker, batch.FromRow, progress, cancellationToken))
                throw new OperationCanceledException("The lease was lost.");
            metrics.Counted(import.Kind, progress);
            batch.Next(progress);
        }
    }

    /// <summary>The rows between two checkpoints.</summary>
    private sealed class Batch(ImportDocument import)
    {
        private readonly long _firstRow = import.LastRow;

        internal List<ImportErrorDocument> Errors { get; } = [];

        internal int Rows { get; private set; }

        internal long FromRow { get; private set; } = import.LastRow;

        internal long LastRow { get; private set; } = import.LastRow;

        /// <summary>The import with what was counted since.</summary>
        internal ImportDocument Total { get; private set; } = import;

        internal void Add(in SourceRow row, IReadOnlyList<ImportProblem> problems)
        {
            if (problems.Count > 0) Errors.Add(new ImportErrorDocument(ObjectId.GenerateNewId(), Total.Id, row.Number, row.Line, problems));
            LastRow = row.Number;
            Rows++;
        }

        /// <summary>Counts rows as bad that were taken for good.</summary>
        /// <returns>What is to be kept of them.</returns>
        internal IReadOnlyCollection<ImportErrorDocument> Refuse(IReadOnlyList<RefusedRow> rows)
        {
            var refused = rows.Select(row => new ImportErrorDocument(ObjectId.GenerateNewId(), Total.Id, row.Number, row.Line, row.Problems)).ToList();
            Errors.AddRange(refused);
            return refused;
        }

        internal double RateAfter(TimeSpan elapsed) => (LastRow - _firstRow) / Math.Max(elapsed.TotalSeconds, 0.001);

        internal void Next(ImportProgress counted)
        {
            Total = Total.With(counted);
            FromRow = LastRow;
            Rows = 0;
            Errors.Clear();
        }
    }
}
