namespace MovieLms.Web.Courses;

/// <summary>Reads e-mail addresses that were entered or pasted.</summary>
internal static class EmailList
{
    private static readonly char[] Separators = [',', ';', '\n', '\r', '\t', ' '];

    /// <summary>
    /// Returns the addresses of a text without duplicates. They may be separated by lines, commas, semicolons or spaces, and be in angle
    /// brackets after a name, as mail programs copy them.
    /// </summary>
    internal static IReadOnlyList<string> Split(string? text)
    {
        var words = (text ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // Names are not addresses. A text without any address is sent as it is, and rejected with a message.
        var addresses = words.Where(word => word.Contains('@', StringComparison.Ordinal)).Select(word => word.Trim('<', '>', '"')).ToList();
        return [.. (addresses.Count > 0 ? addresses : [.. words]).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
