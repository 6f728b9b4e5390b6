using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>What the rows of one kind of import become. Everything else of an import is the same for all kinds.</summary>
internal interface IImportTarget
{
    ImportKind Kind { get; }

    /// <summary>The columns it knows.</summary>
    ColumnSet Columns { get; }

    /// <summary>Looks at every row before the first is stored.</summary>
    IImportSurveyor BeginSurvey();

    /// <summary>Begins a batch. Batches are filled while the one before is stored, and stored one after the other.</summary>
    /// <param name="import">Whose; its survey is done.</param>
    IImportBatch BeginBatch(ImportDocument import);
}

/// <summary>The first pass over a file.</summary>
internal interface IImportSurveyor
{
    void See(in SourceRow row);

    ImportSurvey Result(long rows);
}

/// <summary>Some rows of the second pass: judged one by one, the good ones stored together.</summary>
internal interface IImportBatch
{
    /// <summary>Judges a row, and keeps it when it is good. The same row always gets the same judgement.</summary>
    /// <returns>What is wrong with it; empty for a good row.</returns>
    IReadOnlyList<ImportProblem> Add(in SourceRow row);

    /// <summary>Kept rows in which something was put right.</summary>
    int Corrected { get; }

    /// <summary>Stores the kept rows, once. That a later attempt stores a row again changes nothing.</summary>
    Task StoreAsync(CancellationToken cancellationToken);

    /// <summary>Kept rows that could not be stored: what only the database knows (an unknown user, a full course).</summary>
    IReadOnlyList<RefusedRow> Refused => [];
}

/// <summary>A row that was found good and could not be stored.</summary>
/// <param name="Number">Its number in the file.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Problems">Why; not empty.</param>
internal sealed record RefusedRow(long Number, long Line, IReadOnlyList<ImportProblem> Problems);
