using MovieLms.Client;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Administration;

/// <summary>What the pages for administrators share.</summary>
internal static class AdminPages
{
    /// <summary>The number of rows of a list.</summary>
    internal const int PageSize = 25;

    private static readonly Dictionary<string, IEnumerable<string>> NoHeaders = [];

    /// <summary>
    /// Sends visitors who are not signed in to the sign-in page and refuses others. The services decide again about everything that they
    /// return.
    /// </summary>
    /// <exception cref="ApiException">The visitor is not an administrator.</exception>
    internal static void RequireAdministrator(HttpContext http)
    {
        if (http.Visitor() is not { } visitor)
            throw CreateFailure("The page is for administrators.", StatusCodes.Status401Unauthorized);
        if (visitor.Role() != Roles.Admin)
            throw CreateFailure("The page is for administrators.", StatusCodes.Status403Forbidden);
    }

    /// <summary>Returns a failure of a service that the generated client does not know.</summary>
    internal static ApiException CreateFailure(string message, int status, string? response = null) =>
        new(message, status, response, NoHeaders, innerException: null);

    /// <summary>Returns what was read, or null if it is not available right now. Other parts of the page do not depend on it.</summary>
    internal static async Task<T?> TryAsync<T>(Task<T> read)
        where T : class
    {
        try
        {
            return await read;
        }
        catch (Exception e) when (ApiProblem.IsFailure(e) && e is not ApiException { StatusCode: StatusCodes.Status401Unauthorized })
        {
            return null;
        }
    }

    /// <summary>Returns an address with the parameters that have a value.</summary>
    internal static string Link(string path, params (string Name, string? Value)[] query)
    {
        var pairs = query
            .Where(pair => !string.IsNullOrEmpty(pair.Value))
            .Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}");
        var text = string.Join('&', pairs);
        return text.Length == 0 ? path : $"{path}?{text}";
    }

    /// <summary>Returns the trimmed text; null if it is blank.</summary>
    internal static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
