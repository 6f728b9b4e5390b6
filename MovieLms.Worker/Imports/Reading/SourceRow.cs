using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>A row of a file. Every value is text, so that all formats are validated in the same way.</summary>
/// <param name="Number">The row's number in the file, from 1.</param>
/// <param name="Line">The line on which the row starts, from 1.</param>
/// <param name="Values">The values by column position; null if the row has none.</param>
/// <param name="Malformed">The problem that prevented reading the row or a value; null if there is none.</param>
internal readonly record struct SourceRow(long Number, long Line, string?[] Values, ImportProblem? Malformed = null);

/// <summary>Selects the reader for a file's format.</summary>
internal static class RowReader
{
    /// <summary>Streams the rows of a file. Columns that are not in <paramref name="columns"/> are ignored.</summary>
    /// <exception cref="BadFileException">The file cannot be read.</exception>
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
            _ => throw new BadFileException($"This worker does not support the format '{format}'."),
        };
}
