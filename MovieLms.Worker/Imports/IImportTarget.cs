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

    /// <summary>Starts storing rows.</summary>
    /// <param name="import">Whose; its survey is done.</param>
    IImportWriter BeginWriting(ImportDocument import);

    /// <summary>After the last row: drops what is cached of the rows' place.</summary>
    Task CompletedAsync(ImportDocument import, CancellationToken cancellationToken);
}

/// <summary>The first pass over a file.</summary>
internal interface IImportSurveyor
{
    void See(in SourceRow row);

    ImportSurvey Result(long rows);
}

/// <summary>The second pass: judges rows one by one, stores the good ones in batches.</summary>
internal interface IImportWriter
{
    /// <summary>Judges a row, and keeps it for the next batch when it is good. The same row always gets the same judgement.</summary>
    /// <returns>What is wrong with it; empty for a good row.</returns>
    IReadOnlyList<ImportProblem> Add(in SourceRow row);

    /// <summary>Rows kept since the last batch in which something was put right.</summary>
    int Corrected { get; }

    /// <summary>Stores the kept rows and forgets them. Storing a row again changes nothing.</summary>
    Task StoreAsync(CancellationToken cancellationToken);

    /// <summary>Kept rows of the batch stored last that could not be: what only the database knows (an unknown user, a full course).</summary>
    IReadOnlyList<RefusedRow> Refused => [];
}

/// <summary>A row that was found good and could not be stored.</summary>
/// <param name="Number">Its number in the file.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Problems">Why; not empty.</param>
internal sealed record RefusedRow(long Number, long Line, IReadOnlyList<ImportProblem> Problems);
