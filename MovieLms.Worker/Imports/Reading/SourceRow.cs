using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>A row as it stands in the file: every value is text, whatever the format, so that all formats are judged alike.</summary>
/// <param name="Number">Among the rows, from 1.</param>
/// <param name="Line">Of the file, from 1, where the row begins.</param>
/// <param name="Values">By column position; null where the row says nothing.</param>
/// <param name="Malformed">What kept the row or one of its values from being read; else null.</param>
internal readonly record struct SourceRow(long Number, long Line, string?[] Values, ImportProblem? Malformed = null);

/// <summary>How a file of one format gives its rows.</summary>
internal static class RowReader
{
    /// <summary>Reads rows as they come; one row is in memory.</summary>
    /// <param name="file">Positioned at its beginning.</param>
    /// <param name="format">As recognised at the upload.</param>
    /// <param name="columns">Those that matter; others are passed over.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BadFileException">The file as a whole cannot be read.</exception>
    internal static IAsyncEnumerable<SourceRow> ReadAsync(
        Stream file,
        ImportFormat format,
        ColumnSet columns,
        CancellationToken cancellationToken
    ) =>
        format switch
        {
            ImportFormat.Csv => CsvRows.ReadAsync(new GuardedStream(file, GuardedStream.MaxLineLength), columns, cancellationToken),
            ImportFormat.Ndjson => NdjsonRows.ReadAsync(new GuardedStream(file, GuardedStream.MaxLineLength), columns, cancellationToken),
            ImportFormat.Json => JsonRows.ReadAsync(new GuardedStream(file, maxLineLength: null), columns, cancellationToken),
            _ => throw new BadFileException($"The format '{format}' is not known here."),
        };
}
