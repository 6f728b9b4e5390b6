using MovieLms.Data.Imports;

namespace MovieLms.Reports;

/// <summary>What an import's report says.</summary>
/// <param name="Import">As it ended.</param>
/// <param name="Uploader">The user's name.</param>
/// <param name="Errors">The first rows that were not stored.</param>
/// <param name="ErrorsByColumn">The columns with most problems, most first.</param>
public sealed record ImportReportModel(
    ImportDocument Import,
    string Uploader,
    IReadOnlyList<ImportErrorDocument> Errors,
    IReadOnlyList<ColumnErrors> ErrorsByColumn
)
{
    /// <summary>As many problems a report lists; errors.csv has all.</summary>
    public const int MostProblems = 200;
}
