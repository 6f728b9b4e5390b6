using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Grades;

/// <summary>A valid row of a grade file.</summary>
/// <param name="Number">The row's number in the file, from 1.</param>
/// <param name="Line">The line on which the row starts.</param>
/// <param name="Email">The address as written in the file.</param>
/// <param name="Normalized">The normalized address, for looking up the user.</param>
/// <param name="Grade">0 to 100.</param>
/// <param name="Feedback">Null to keep the existing feedback.</param>
internal sealed record GradeRow(long Number, long Line, string Email, string Normalized, double Grade, string? Feedback);

/// <summary>Validates the rows of a grade file.</summary>
internal sealed class GradeRowParser
{
    internal const int Email = 0;
    private const int Grade = 1;
    private const int Feedback = 2;
    private const int MaxEmailLength = 254;

    private readonly RowValues _values = new(Columns);

    internal static ColumnSet Columns { get; } =
        new("email", ["email", "e-mail", "mail"], ["grade", "points", "score"], ["feedback", "comment"], ["name", "username"]);

    /// <summary>Validates a row.</summary>
    /// <returns>The problems. If there are none, <paramref name="gradeRow"/> is the parsed row; otherwise it is null.</returns>
    internal IReadOnlyList<ImportProblem> Parse(in SourceRow row, out GradeRow? gradeRow)
    {
        _values.SetRow(row);
        var email = _values.ReadRequiredText(Email, MaxEmailLength);
        var isAddress = EmailAddress.TryNormalize(email, out var normalized);
        if (!isAddress && email.Length > 0)
            _values.AddProblem(Email, "Must be an e-mail address.");
        _values.ReadRequiredText(Grade, int.MaxValue);
        var grade = _values.ReadNumber(Grade, 0, SubmissionLimits.MaxGrade);
        var feedback = _values.ReadText(Feedback, SubmissionLimits.Feedback);
        if (feedback is not null && !PlainText.IsAllowedMultiline(feedback))
            _values.AddProblem(Feedback, "Must not contain control characters other than line breaks and tabs.");
        var problems = _values.Problems;
        gradeRow = problems.Count == 0 ? new GradeRow(row.Number, row.Line, email, normalized, grade!.Value, feedback) : null;
        return problems;
    }
}
