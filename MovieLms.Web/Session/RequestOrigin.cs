using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Web.Session;

/// <summary>Which page sent a request, as the browser reports it.</summary>
internal enum RequestOrigin
{
    /// <summary>The browser does not report it: a link or an address that was typed in, or an old browser.</summary>
    Unknown,

    /// <summary>A page of this installation.</summary>
    Own,

    /// <summary>A page of another origin.</summary>
    Foreign,
}

/// <summary>Reads the origin of requests from <c>Sec-Fetch-Site</c> (Fetch Metadata) and <c>Origin</c> (RFC 6454, section 7).</summary>
internal static class RequestOrigins
{
    private const string FetchSite = "Sec-Fetch-Site";

    internal static RequestOrigin GetOrigin(this HttpRequest request, IConfiguration configuration)
    {
        var site = request.Headers[FetchSite].ToString();
        if (site is not ("" or "same-origin" or "none"))
            return RequestOrigin.Foreign;
        var origins = request.Headers.Origin;
        if (origins.Count > 0)
        {
            var isOwn =
                origins.Count == 1
                && Normalize(origins[0]) is { } origin
                && (origin == Normalize($"{request.Scheme}://{request.Host}") || origin == Normalize(PublicUrl.Get(configuration)));
            return isOwn ? RequestOrigin.Own : RequestOrigin.Foreign;
        }
        return site == "same-origin" ? RequestOrigin.Own : RequestOrigin.Unknown;
    }

    /// <summary>Returns scheme, host and port in normalized form, or null when the text is not a web origin.</summary>
    private static string? Normalize(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;
}
