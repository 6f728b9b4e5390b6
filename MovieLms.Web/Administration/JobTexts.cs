using System.Globalization;

namespace MovieLms.Web.Administration;

/// <summary>The states and durations of job runs for people.</summary>
internal static class JobTexts
{
    /// <summary>The states of runs, and their names.</summary>
    internal static IReadOnlyList<(string Name, string Label)> States { get; } =
    [
        ("failed", "Failed"),
        ("processing", "Running"),
        ("enqueued", "Waiting"),
        ("scheduled", "Retry planned"),
        ("succeeded", "Succeeded"),
        ("deleted", "Deleted"),
    ];

    internal static string Of(string state) =>
        States.FirstOrDefault(pair => pair.Name == state).Label ?? string.Concat(state[..1].ToUpperInvariant(), state[1..]);

    internal static string GetClass(string state) =>
        state switch
        {
            "succeeded" => "tag tag-success",
            "failed" => "tag tag-error",
            "scheduled" => "tag tag-warning",
            _ => "tag",
        };

    internal static string Duration(double seconds) =>
        seconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms")
        : seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s");
}
