using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.Delegates;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>
/// Reads rows from CSV (RFC 4180). The columns may be in any order and case. The header decides the delimiter: comma, semicolon, tab or
/// pipe.
/// </summary>
internal static class CsvRows
{
    private const int MaxFieldLength = 64 * 1024;
    private const int MaxColumns = 1_000;

    internal static async IAsyncEnumerable<SourceRow> ReadAsync(
        Stream file,
        ColumnSet columns,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // The stream has validated the bytes; the decoder only needs to skip a byte order mark.
        using var text = new StreamReader(
            file,
            new UTF8Encoding(true, true),
            detectEncodingFromByteOrderMarks: false,
            bufferSize: 64 * 1024
        );
        using var csv = new CsvParser(
            text,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                DetectDelimiter = true,
                DetectDelimiterValues = [",", ";", "\t", "|"],
                GetDelimiter = DetectDelimiter,
                BadDataFound = null,
                CacheFields = false,
                BufferSize = 64 * 1024,
                ProcessFieldBufferSize = 8 * 1024,
                MaxFieldSize = MaxFieldLength,
                TrimOptions = TrimOptions.None,
            }
        );
        if (!await NextAsync(csv))
            throw new BadFileException("The file has no header row.");
        var positions = ReadHeader(csv, columns);
        var line = csv.RawRow + 1L;
        for (var number = 1L; await NextAsync(csv); number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return CreateRow(csv, positions, columns, number, line);
            line = csv.RawRow + 1L;
        }
    }

    private static async Task<bool> NextAsync(CsvParser csv)
    {
        try
        {
            return await csv.ReadAsync();
        }
        catch (MaxFieldSizeException)
        {
            throw new BadFileException(
                $"A value at or after line {csv.RawRow + 1} is longer than {MaxFieldLength / 1024} KB. Check for an unclosed quote."
            );
        }
    }

    /// <summary>Returns the delimiter that occurs most often in the header, outside quotes; a comma if there is none.</summary>
    private static string DetectDelimiter(GetDelimiterArgs args)
    {
        var isQuoted = false;
        var counts = new int[args.Configuration.DetectDelimiterValues.Length];
        foreach (var letter in args.Text)
        {
            if (letter == '"')
                isQuoted = !isQuoted;
            if (isQuoted)
                continue;
            if (letter is '\n' or '\r')
                break;
            for (var i = 0; i < counts.Length; i++)
            {
                if (args.Configuration.DetectDelimiterValues[i][0] == letter)
                    counts[i]++;
            }
        }
        return args.Configuration.DetectDelimiterValues[Array.IndexOf(counts, counts.Max())];
    }

    private static int[] ReadHeader(CsvParser csv, ColumnSet columns)
    {
        if (csv.Count > MaxColumns)
            throw new BadFileException($"The header has {csv.Count} columns. The maximum is {MaxColumns}.");
        var positions = new int[csv.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            var position = columns.Find(csv[i]);
            if (position >= 0 && Array.IndexOf(positions, position, 0, i) >= 0)
                throw new BadFileException($"The header contains the column '{columns.Names[position]}' twice.");
            positions[i] = position;
        }
        if (Array.IndexOf(positions, columns.Required) < 0)
        {
            throw new BadFileException(
                $"The header has no column '{columns.Names[columns.Required]}'. Known columns: {string.Join(", ", columns.Names)}."
            );
        }

        return positions;
    }

    private static SourceRow CreateRow(CsvParser csv, int[] positions, ColumnSet columns, long number, long line)
    {
        var values = new string?[columns.Names.Length];
        var count = Math.Min(csv.Count, positions.Length);
        for (var i = 0; i < count; i++)
        {
            if (positions[i] >= 0)
                values[positions[i]] = csv[i];
        }

        return csv.Count == positions.Length
            ? new SourceRow(number, line, values)
            : new SourceRow(
                number,
                line,
                values,
                new ImportProblem(string.Empty, string.Empty, $"The row has {csv.Count} values, but the header has {positions.Length}.")
            );
    }
}
