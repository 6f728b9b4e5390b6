using MongoDB.Bson;
using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>The rows between two checkpoints of an import, and their problems.</summary>
internal sealed class RowBatch(ImportDocument import, IImportBatch rows)
{
    private readonly List<ImportErrorDocument> _errors = [];

    internal int Count { get; private set; }

    internal long LastRow { get; private set; }

    internal void Add(in SourceRow row)
    {
        AddProblems(row.Number, row.Line, rows.Add(row));
        LastRow = row.Number;
        Count++;
    }

    /// <summary>Stores the valid rows and the problems of the others.</summary>
    internal async Task StoreAsync(ImportErrorStore errors, CancellationToken cancellationToken)
    {
        await Task.WhenAll(rows.StoreAsync(cancellationToken), errors.AddAsync(_errors, cancellationToken));
        if (rows.Rejected.Count == 0)
            return;
        var stored = _errors.Count;
        foreach (var row in rows.Rejected)
            AddProblems(row.Number, row.Line, row.Problems);
        await errors.AddAsync(_errors[stored..], cancellationToken);
    }

    /// <summary>Returns the batch's counts. Call it after <see cref="StoreAsync"/>.</summary>
    internal ImportProgress GetProgress(double rowsPerSecond) =>
        new(LastRow, Count - _errors.Count, _errors.Count, rows.Corrected, rowsPerSecond);

    private void AddProblems(long number, long line, IReadOnlyList<ImportProblem> problems)
    {
        if (problems.Count > 0)
            _errors.Add(new ImportErrorDocument(ObjectId.GenerateNewId(), import.Id, number, line, problems));
    }
}
