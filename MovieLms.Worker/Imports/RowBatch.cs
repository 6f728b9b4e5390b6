using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>The rows between two checkpoints of an import, and what is wrong with them.</summary>
/// <param name="import">Whose.</param>
/// <param name="rows">What the good ones become.</param>
internal sealed class RowBatch(ImportDocument import, IImportBatch rows)
{
    private readonly List<ImportErrorDocument> _errors = [];

    internal int Count { get; private set; }

    internal long LastRow { get; private set; }

    internal void Add(in SourceRow row)
    {
        Report(row.Number, row.Line, rows.Add(row));
        LastRow = row.Number;
        Count++;
    }

    /// <summary>Stores the good rows and what is wrong with the others.</summary>
    internal async Task StoreAsync(ImportErrorStore errors, CancellationToken cancellationToken)
    {
        await Task.WhenAll(rows.StoreAsync(cancellationToken), errors.AddAsync(_errors, cancellationToken));
        if (rows.Refused.Count == 0)
            return;
        var known = _errors.Count;
        foreach (var row in rows.Refused)
            Report(row.Number, row.Line, row.Problems);
        await errors.AddAsync(_errors[known..], cancellationToken);
    }

    /// <summary>Its outcomes, once it is stored.</summary>
    internal ImportProgress Progress(double rowsPerSecond) =>
        new(LastRow, Count - _errors.Count, _errors.Count, rows.Corrected, rowsPerSecond);

    private void Report(long number, long line, IReadOnlyList<ImportProblem> problems)
    {
        if (problems.Count > 0)
            _errors.Add(new ImportErrorDocument(ObjectId.GenerateNewId(), import.Id, number, line, problems));
    }
}
