using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Submissions;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports.Grades;

/// <summary>A good row of a grade file.</summary>
/// <param name="Number">Its number in the file.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Email">As it is written.</param>
/// <param name="Normalized">The address as users are found by it.</param>
/// <param name="Grade">0 to 100.</param>
/// <param name="Feedback">Null to leave what is there.</param>
internal sealed record GradeRow(long Number, long Line, string Email, string Normalized, double Grade, string? Feedback);

/// <summary>Judges a row of a grade file.</summary>
internal sealed class GradeRowParser
{
    internal const int Email = 0;
    private const int Grade = 1;
    private const int Feedback = 2;
    private const int MaxEmailLength = 254;

    private readonly RowValues _values = new(Columns);

    internal static ColumnSet Columns { get; } =
        new("email", ["email", "e-mail", "mail"], ["grade", "points", "score"], ["feedback", "comment"], ["name", "username"]);

    /// <summary>Judges a row.</summary>
    /// <returns>What is wrong; empty for a good row, which is then given too.</returns>
    internal IReadOnlyList<ImportProblem> Parse(in SourceRow row, out GradeRow? good)
    {
        _values.Begin(row);
        var email = _values.RequiredText(Email, MaxEmailLength);
        var isAddress = EmailAddress.TryNormalize(email, out var normalized);
        if (!isAddress && email.Length > 0)
            _values.Report(Email, "An e-mail address.");
        _values.RequiredText(Grade, int.MaxValue);
        var grade = _values.Number(Grade, 0, SubmissionLimits.HighestGrade);
        var feedback = _values.Text(Feedback, SubmissionLimits.Feedback);
        if (feedback is not null && !PlainText.IsLines(feedback))
            _values.Report(Feedback, "No control characters but line breaks and tabs.");
        var problems = _values.Problems;
        good = problems.Count == 0 ? new GradeRow(row.Number, row.Line, email, normalized, grade!.Value, feedback) : null;
        return problems;
    }
}
