using System.Globalization;
using System.Numerics;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>Validates query parameters and names the invalid one in the error.</summary>
internal static class QueryValues
{
    /// <summary>Maximum length of a text parameter.</summary>
    internal const int MaxTextLength = 200;

    /// <summary>Returns the value if it is within the range.</summary>
    /// <exception cref="InvalidInputException">The value is out of range or not a number.</exception>
    internal static T RequireInRange<T>(string name, T value, T min, T max)
        where T : INumber<T> =>
        // Written this way to reject NaN, which compares false with everything.
        value >= min
        && value <= max
            ? value
            : throw new InvalidInputException(
                name,
                string.Create(CultureInfo.InvariantCulture, $"The value must be between {min} and {max}.")
            );

    /// <summary>Returns the value if it is absent or within the range.</summary>
    /// <exception cref="InvalidInputException">The value is out of range or not a number.</exception>
    internal static T? RequireInRange<T>(string name, T? value, T min, T max)
        where T : struct, INumber<T> => value is { } given ? RequireInRange(name, given, min, max) : null;

    /// <summary>Returns the trimmed text, or null if it is blank.</summary>
    /// <exception cref="InvalidInputException">The text is too long.</exception>
    internal static string? ParseText(string name, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        return value.Length <= MaxTextLength
            ? value.Trim()
            : throw new InvalidInputException(name, $"The text must have at most {MaxTextLength} characters.");
    }

    /// <summary>Parses an enum value by its JSON name. Returns null if absent.</summary>
    /// <exception cref="InvalidInputException">The value is not one of the enum's names.</exception>
    internal static T? ParseEnum<T>(string name, string? value)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(value))
            return null;
        var names = Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName).ToArray();
        return Array.IndexOf(names, value) is >= 0 and var index
            ? Enum.GetValues<T>()[index]
            : throw new InvalidInputException(name, $"The value must be one of {string.Join(", ", names)}.");
    }

    /// <summary>Parses an ID. Returns null if absent.</summary>
    /// <exception cref="InvalidInputException">The value is not an ID.</exception>
    internal static ObjectId? ParseId(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        return ObjectId.TryParse(value, out var id) ? id : throw new InvalidInputException(name, "An ID must be 24 hexadecimal digits.");
    }

    /// <summary>Parses a comma-separated list of numbers in ascending order.</summary>
    /// <exception cref="InvalidInputException">The list is not 2 to <paramref name="max"/> finite numbers in ascending order.</exception>
    internal static double[] ParseAscending(string name, string text, int max)
    {
        var parts = text.Split(',');
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var isNumber =
                double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) && double.IsFinite(numbers[i]);
            if (parts.Length < 2 || parts.Length > max || !isNumber || (i > 0 && numbers[i] <= numbers[i - 1]))
                throw new InvalidInputException(name, $"The value must be 2 to {max} numbers in ascending order, separated by commas.");
        }
        return numbers;
    }
}
