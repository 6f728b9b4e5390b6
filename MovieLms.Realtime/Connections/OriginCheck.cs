namespace MovieLms.Realtime.Connections;

/// <summary>
/// Refuses handshakes from pages of other sites. CORS does not apply to WebSockets, so the server checks <c>Origin</c> itself
/// (RFC 6455, section 10.2): scheme, host and port must match the request, <c>PublicUrl</c> or one of <c>Cors:Origins</c>.
/// Clients other than browsers send no <c>Origin</c>.
/// </summary>
internal static partial class OriginCheck
{
    internal static void UseOriginCheck(this WebApplication app, string path)
    {
        var configured = (app.Configuration.GetSection("Cors:Origins").Get<string[]>() ?? [])
            .Select(Normalize)
            .OfType<string>()
            .ToHashSet();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(path),
            branch =>
                branch.Use(
                    (context, next) =>
                        IsAllowed(context.Request, configured, app.Configuration) ? next(context) : RefuseAsync(context, app.Logger)
                )
        );
    }

    private static bool IsAllowed(HttpRequest request, HashSet<string> configured, IConfiguration configuration)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0)
            return true;
        if (origins.Count != 1 || Normalize(origins[0]) is not { } origin)
            return false;
        // If ForwardedHeaders:Proxies lists the gateway, the scheme is the one the client used to reach the gateway.
        return origin == Normalize($"{request.Scheme}://{request.Host}")
            || configured.Contains(origin)
            || origin == Normalize(configuration["PublicUrl"]);
    }

    /// <summary>Returns scheme, host and port in normalized form, or null when the text is not a web origin.</summary>
    private static string? Normalize(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;

    private static Task RefuseAsync(HttpContext context, ILogger logger)
    {
        // Only parsed origins are logged, because a client chooses the header.
        LogRefused(logger, Normalize(context.Request.Headers.Origin) ?? "an unknown origin");
        return TypedResults
            .Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "Forbidden",
                detail: "Pages of this origin may not connect to the chat hub."
            )
            .ExecuteAsync(context);
    }

    [LoggerMessage(LogLevel.Debug, "A page of {Origin} may not connect to the chat hub. To allow it, add it to Cors:Origins or PublicUrl")]
    private static partial void LogRefused(ILogger logger, string origin);
}
