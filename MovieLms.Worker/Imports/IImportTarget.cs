using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>Parses and stores the rows of one kind of import. Everything else about an import is the same for all kinds.</summary>
internal interface IImportTarget
{
    ImportKind Kind { get; }

    /// <summary>The known columns.</summary>
    ColumnSet Columns { get; }

    /// <summary>Begins the survey, which reads every row before the first one is stored.</summary>
    IImportSurveyor BeginSurvey();

    /// <summary>
    /// Begins a batch of a surveyed import. A batch is filled while the previous one is being stored. Batches are stored one at a time.
    /// </summary>
    IImportBatch BeginBatch(ImportDocument import);
}

/// <summary>The first pass over a file.</summary>
internal interface IImportSurveyor
{
    void Observe(in SourceRow row);

    ImportSurvey GetResult(long rows);
}

/// <summary>A batch of rows of the second pass: validated one by one, and stored together.</summary>
internal interface IImportBatch
{
    /// <summary>Validates a row and adds it to the batch if it is valid. The result depends on the row alone.</summary>
    /// <returns>The row's problems; empty for a valid row.</returns>
    IReadOnlyList<ImportProblem> Add(in SourceRow row);

    /// <summary>The number of added rows with a corrected value.</summary>
    int Corrected { get; }

    /// <summary>Stores the added rows. Called once per batch. Idempotent: a later attempt may store the same rows again.</summary>
    Task StoreAsync(CancellationToken cancellationToken);

    /// <summary>Valid rows that the database rejected, for example an unknown user or a full course.</summary>
    IReadOnlyList<RejectedRow> Rejected => [];
}

/// <summary>A valid row that could not be stored.</summary>
/// <param name="Number">The row's number in the file, from 1.</param>
/// <param name="Line">The line on which the row starts.</param>
/// <param name="Problems">The reasons; not empty.</param>
internal sealed record RejectedRow(long Number, long Line, IReadOnlyList<ImportProblem> Problems);
