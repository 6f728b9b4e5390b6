using System.Text;

namespace MovieLms.Web.Imports;

/// <summary>A row of a file that was not stored.</summary>
/// <param name="Line">The line of the file.</param>
/// <param name="Column">The name of the column.</param>
/// <param name="Value">The value, which may be shortened.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record ImportError(string Line, string Column, string Value, string Message);

/// <summary>Reads the first rows of an import's errors.csv (RFC 4180).</summary>
internal static class ImportErrors
{
    private const int Columns = 4;

    /// <summary>Returns up to <paramref name="limit"/> rows after the header.</summary>
    internal static async Task<IReadOnlyList<ImportError>> ReadAsync(Stream csv, int limit, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(csv, Encoding.UTF8);
        List<ImportError> errors = [];
        var isHeader = true;
        while (errors.Count < limit && await ReadRecordAsync(reader, cancellationToken) is { } cells)
        {
            if (!isHeader && cells.Count == Columns)
                errors.Add(new ImportError(cells[0], cells[1], cells[2], cells[3]));
            isHeader = false;
        }
        return errors;
    }

    private static async Task<List<string>?> ReadRecordAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        if (await reader.ReadLineAsync(cancellationToken) is not { } record)
            return null;
        // A quoted value may contain line breaks.
        while (record.Count(character => character == '"') % 2 == 1 && await reader.ReadLineAsync(cancellationToken) is { } line)
            record += "\n" + line;
        return Split(record);
    }

    private static List<string> Split(string record)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < record.Length; i++)
        {
            switch (record[i])
            {
                case '"' when isQuoted && i + 1 < record.Length && record[i + 1] == '"':
                    cell.Append('"');
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    cells.Add(cell.ToString());
                    cell.Clear();
                    break;
                default:
                    cell.Append(record[i]);
                    break;
            }
        }
        cells.Add(cell.ToString());
        return cells;
    }
}
