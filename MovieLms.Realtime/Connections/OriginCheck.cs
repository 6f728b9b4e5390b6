namespace MovieLms.Realtime.Connections;

/// <summary>
/// Refuses a browser's handshake from another site's page: WebSockets know no CORS, so the server must look at
/// <c>Origin</c> itself (RFC 6455, section 10.2). Allowed are the server's own pages and <c>Cors:Origins</c>; programs send none.
/// </summary>
internal static class OriginCheck
{
    internal static void UseOriginCheck(this WebApplication app, string path)
    {
        var allowed = (app.Configuration.GetSection("Cors:Origins").Get<string[]>() ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase);
        app.UseWhen(context => context.Request.Path.StartsWithSegments(path), branch => branch.Use((context, next) =>
            IsAllowed(context.Request, allowed) ? next(context) : RefuseAsync(context)));
    }

    private static bool IsAllowed(HttpRequest request, HashSet<string> allowed)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0) return true;
        if (origins.Count != 1 || !Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)) return false;
        return allowed.Contains(origins[0]!) || string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    private static Task RefuseAsync(HttpContext context) => TypedResults.Problem(
        statusCode: StatusCodes.Status403Forbidden, title: "Forbidden", detail: "Pages of this origin may not connect here; Cors:Origins names those that may.")
        .ExecuteAsync(context);
}
