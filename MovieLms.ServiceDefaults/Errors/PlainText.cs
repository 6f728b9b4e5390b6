namespace MovieLms.ServiceDefaults.Errors;

/// <summary>Defines which characters user-written text may contain, whether it comes as JSON, in a form or in a file.</summary>
public static class PlainText
{
    /// <summary>Returns whether a character is allowed: no control characters, except line breaks and tabs in multi-line text.</summary>
    public static bool IsAllowed(char character, bool allowsLines) =>
        !char.IsControl(character) || (allowsLines && character is '\n' or '\r' or '\t');

    /// <summary>Returns whether all characters of a multi-line text are allowed.</summary>
    public static bool IsAllowedMultiline(string text) => text.All(character => IsAllowed(character, allowsLines: true));
}
