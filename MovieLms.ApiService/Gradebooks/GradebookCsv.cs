using System.Globalization;
using System.Text;
using System.Text.Json;
using MovieLms.Application.Imports;
using MovieLms.Data.Gradebooks;

namespace MovieLms.ApiService.Gradebooks;

/// <summary>
/// Writes a gradebook as CSV (RFC 4180, UTF-8), one row per student. Text that a spreadsheet would run as a formula is neutralized.
/// </summary>
internal static class GradebookCsv
{
    /// <summary>Streams a header and one row per student. The columns of the assignments have their titles and contain grades.</summary>
    internal static async Task WriteAsync(
        Stream destination,
        GradebookColumns columns,
        IAsyncEnumerable<GradebookRow> rows,
        CancellationToken cancellationToken
    )
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        string[] header =
        [
            "name",
            "email",
            "status",
            "grade",
            .. columns.Assignments.Select(assignment => ErrorsCsv.Cell(assignment.Title)),
            "average",
            "submitted",
            "late",
            "attended",
        ];
        await WriteLineAsync(writer, header, cancellationToken);
        await foreach (var row in rows.WithCancellation(cancellationToken))
            await WriteLineAsync(writer, ToCells(row, columns), cancellationToken);
    }

    private static string[] ToCells(GradebookRow row, GradebookColumns columns)
    {
        var grades = row.Submissions.ToDictionary(submission => submission.AssignmentId, submission => submission.Grade);
        return
        [
            ErrorsCsv.Cell(row.Name ?? string.Empty),
            ErrorsCsv.Cell(row.Email ?? string.Empty),
            JsonNamingPolicy.CamelCase.ConvertName(row.Status.ToString()),
            Text(row.Grade),
            .. columns.Assignments.Select(assignment => Text(grades.GetValueOrDefault(assignment.Id))),
            Text(row.GetAverageGrade()),
            Text(row.Submissions.Count),
            Text(row.CountLate()),
            Text(row.Attended),
        ];
    }

    private static Task WriteLineAsync(StreamWriter writer, string[] cells, CancellationToken cancellationToken) =>
        writer.WriteAsync((string.Join(',', cells) + "\r\n").AsMemory(), cancellationToken);

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? string.Empty;
}
