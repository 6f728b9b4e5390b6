namespace MovieLms.Web.Session;

/// <summary>The page to return to after a sign-in.</summary>
public static class ReturnUrl
{
    private const int MaxLength = 2_000;

    /// <summary>Returns the path if it leads to a page of this installation; otherwise <c>/</c>.</summary>
    /// <remarks>
    /// Browsers treat a backslash like a slash and ignore control characters, so <c>/\example.org</c> would lead to another host.
    /// </remarks>
    public static string GetLocal(string? url) =>
        url is { Length: > 0 and <= MaxLength }
        && url[0] == '/'
        && (url.Length == 1 || url[1] is not ('/' or '\\'))
        && !url.Any(char.IsControl)
            ? url
            : "/";
}
