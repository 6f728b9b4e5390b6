using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.Web.Pages;

/// <summary>The browser tab icon: a film frame.</summary>
internal static class Icon
{
    internal const string Path = "/favicon.svg";

    private const string Svg = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#8a1c2b"/>
        <path fill="#fff" d="M13 11v10l8-5z"/>
        <path fill="#fff" d="M4 6h3v3H4zm0 8.500h3v3H4zM4 23h3v3H4zM25 6h3v3h-3zm0 8.500h3v3h-3zM25 23h3v3h-3z"/></svg>
        """;

    internal static ContentHttpResult Get(HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=86400";
        return TypedResults.Content(Svg, "image/svg+xml");
    }
}
