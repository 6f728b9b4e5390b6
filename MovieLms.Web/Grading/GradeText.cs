using System.Globalization;

namespace MovieLms.Web.Grading;

/// <summary>Grades and sizes as visitors read them.</summary>
internal static class GradeText
{
    private const double Kilobyte = 1024;

    /// <summary>Returns a grade with up to two decimals: 87.5.</summary>
    internal static string Format(double grade) => grade.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Returns a grade, or an en dash if there is none.</summary>
    internal static string Format(double? grade) => grade is { } value ? Format(value) : "–";

    /// <summary>Returns the grade that a visitor entered, with a point or a comma; null if it is not a number.</summary>
    internal static double? Parse(string? text) =>
        double.TryParse(text?.Trim().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var grade)
        && double.IsFinite(grade)
            ? grade
            : null;

    /// <summary>Returns a size such as 1.2 MB.</summary>
    internal static string Size(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} bytes",
            < 1024 * 1024 => $"{(bytes / Kilobyte).ToString("0", CultureInfo.InvariantCulture)} KB",
            _ => $"{(bytes / Kilobyte / Kilobyte).ToString("0.0", CultureInfo.InvariantCulture)} MB",
        };
}
