using System.Buffers;
using System.Globalization;
using System.Text;
using MovieLms.Data.Imports;

namespace MovieLms.Application.Imports;

/// <summary>An import's errors as CSV (RFC 4180) that a spreadsheet opens safely.</summary>
public static class ErrorsCsv
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>Writes <c>line,column,value,message</c> and one row a problem, as they come.</summary>
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
    /// A cell of text. What a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV Injection"): the
    /// value comes from an uploaded file and is opened by whoever reads the report.
    /// </summary>
    public static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().ContainsAny(NeedQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
