using System.Globalization;
using System.Numerics;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>Checks of query parameters that say by name what is wrong.</summary>
internal static class QueryValues
{
    /// <summary>Longest text a query parameter may hold.</summary>
    internal const int MaxTextLength = 200;

    /// <exception cref="InvalidInputException">It is out of range, or not a number.</exception>
    internal static T InRange<T>(string name, T value, T least, T most)
        where T : INumber<T> =>
        // Written so that NaN, which compares false with everything, is refused.
        value >= least
        && value <= most
            ? value
            : throw new InvalidInputException(
                name,
                string.Create(CultureInfo.InvariantCulture, $"The value must be from {least} to {most}.")
            );

    /// <inheritdoc cref="InRange{T}(string, T, T, T)"/>
    internal static T? InRange<T>(string name, T? value, T least, T most)
        where T : struct, INumber<T> => value is { } given ? InRange(name, given, least, most) : null;

    /// <summary>Trimmed, and null when there is nothing in it.</summary>
    /// <exception cref="InvalidInputException">It is too long.</exception>
    internal static string? Text(string name, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        return value.Length <= MaxTextLength
            ? value.Trim()
            : throw new InvalidInputException(name, $"The text may have at most {MaxTextLength} characters.");
    }

    /// <summary>One of an enum's values by its JSON name; null when absent.</summary>
    /// <exception cref="InvalidInputException">It is none of them.</exception>
    internal static T? OneOf<T>(string name, string? value)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(value))
            return null;
        var names = Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName).ToArray();
        return Array.IndexOf(names, value) is >= 0 and var place
            ? Enum.GetValues<T>()[place]
            : throw new InvalidInputException(name, $"The value must be one of {string.Join(", ", names)}.");
    }

    /// <summary>An id; null when absent.</summary>
    /// <exception cref="InvalidInputException">It is no id.</exception>
    internal static ObjectId? Id(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        return ObjectId.TryParse(value, out var id) ? id : throw new InvalidInputException(name, "An id has 24 hexadecimal digits.");
    }

    /// <summary>Numbers with commas between.</summary>
    /// <exception cref="InvalidInputException">They are not at least two finite numbers, each above the one before.</exception>
    internal static double[] Ascending(string name, string text, int most)
    {
        var parts = text.Split(',');
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var isNumber =
                double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) && double.IsFinite(numbers[i]);
            if (parts.Length < 2 || parts.Length > most || !isNumber || (i > 0 && numbers[i] <= numbers[i - 1]))
                throw new InvalidInputException(name, $"The value must be 2 to {most} numbers in ascending order with commas between.");
        }
        return numbers;
    }
}
