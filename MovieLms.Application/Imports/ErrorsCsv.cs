using System.Buffers;
using System.Globalization;
using System.Text;
using MovieLms.Data.Imports;

namespace MovieLms.Application.Imports;

/// <summary>Writes an import's errors as CSV (RFC 4180) that is safe to open in a spreadsheet.</summary>
public static class ErrorsCsv
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>Streams a header (<c>line,column,value,message</c>) and one row per problem.</summary>
    public static async Task WriteAsync(
        Stream destination,
        IAsyncEnumerable<ImportErrorDocument> errors,
        CancellationToken cancellationToken
    )
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await writer.WriteAsync("line,column,value,message\r\n".AsMemory(), cancellationToken);
        await foreach (var error in errors.WithCancellation(cancellationToken))
        {
            foreach (var problem in error.Problems)
            {
                await writer.WriteAsync(
                    string.Create(
                            CultureInfo.InvariantCulture,
                            $"{error.Line},{Cell(problem.Column)},{Cell(problem.Value)},{Cell(problem.Message)}\r\n"
                        )
                        .AsMemory(),
                    cancellationToken
                );
            }
        }
    }

    /// <summary>
    /// Returns text escaped as a cell. Text that a spreadsheet would run as a formula is prefixed with an apostrophe (OWASP, "CSV
    /// Injection"), because the values come from uploaded files.
    /// </summary>
    public static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().ContainsAny(NeedQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
