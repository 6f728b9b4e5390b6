using System.Text.Json;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Reads from a <see cref="JsonException"/> which member was wrong, without the CLR names in its text.</summary>
internal static class JsonField
{
    /// <summary>
    /// The member's path as a client writes it: <c>$.director.name</c> becomes <c>director.name</c>; the document itself is <c>body</c>.
    /// </summary>
    internal static string Of(JsonException exception) =>
        !IsMalformed(exception) && exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
            ? path[2..]
            : "body";

    internal static string Message(JsonException exception) =>
        IsMalformed(exception) || exception.Path is not { Length: > 2 }
            ? $"The JSON is malformed, or is not an object, at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."
            : "The value has the wrong type or is out of range.";

    /// <summary>A syntax error carries the reader's own exception; a value of the wrong type does not.</summary>
    private static bool IsMalformed(JsonException exception) => exception.InnerException is JsonException;
}
