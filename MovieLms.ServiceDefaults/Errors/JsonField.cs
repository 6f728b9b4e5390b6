using System.Text.Json;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Describes a <see cref="JsonException"/> by the invalid member's path, without the CLR names in its message.</summary>
internal static class JsonField
{
    /// <summary>
    /// Returns the member's path in the client's notation: <c>director.name</c> for <c>$.director.name</c>, or <c>body</c> for the
    /// whole document.
    /// </summary>
    internal static string Of(JsonException exception) =>
        !IsMalformed(exception) && exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
            ? path[2..]
            : "body";

    internal static string Message(JsonException exception) =>
        IsMalformed(exception) || exception.Path is not { Length: > 2 }
            ? $"The JSON is malformed, or is not an object, at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."
            : "The value has the wrong type or is out of range.";

    /// <summary>A syntax error has the reader's exception as its inner exception. A value of the wrong type does not.</summary>
    private static bool IsMalformed(JsonException exception) => exception.InnerException is JsonException;
}
