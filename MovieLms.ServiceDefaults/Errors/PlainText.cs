namespace MovieLms.ServiceDefaults.Errors;

/// <summary>What text that people write may hold, whether it comes as JSON, as a form or in a file.</summary>
public static class PlainText
{
    /// <summary>No control characters, but where several lines are allowed line breaks and tabs.</summary>
    public static bool IsAllowed(char character, bool allowsLines) =>
        !char.IsControl(character) || (allowsLines && character is '\n' or '\r' or '\t');

    /// <summary>True when all of a text of several lines is allowed.</summary>
    public static bool IsLines(string text) => text.All(character => IsAllowed(character, allowsLines: true));
}
