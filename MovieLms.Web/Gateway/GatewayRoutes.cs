using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Web.Gateway;

/// <summary>A path prefix at the gateway, and the service behind it.</summary>
/// <param name="Path">The path, which includes everything below it.</param>
/// <param name="Service">The service discovery name.</param>
/// <param name="IsSticky">True when a client's requests must reach the same instance of the service.</param>
/// <param name="MaxBodyBytes">Maximum size of a request body; null for <see cref="BodyLimits.Default"/>.</param>
public sealed record GatewayRoute(string Path, string Service, bool IsSticky = false, long? MaxBodyBytes = null);

/// <summary>A path of a service that accepts larger request bodies than the rest of the service.</summary>
/// <param name="Pattern">The route pattern, as in the service.</param>
/// <param name="Service">The service discovery name.</param>
/// <param name="MaxBodyBytes">Maximum size of a request body.</param>
public sealed record LargeBodyRoute(string Pattern, string Service, long MaxBodyBytes);

/// <summary>The routes of the gateway. This project's own pages serve all other paths.</summary>
public static class GatewayRoutes
{
    /// <summary>The service discovery name of the mail catcher, which exists only in development.</summary>
    public const string MailService = "mail";

    /// <summary>All routes.</summary>
    public static IReadOnlyList<GatewayRoute> All { get; } =
    [
        new("/api", "apiservice"),
        new("/openapi", "apiservice"),
        new("/scalar", "apiservice"),
        new("/.well-known", "apiservice"),
        new("/hubs", "realtime", IsSticky: true, BodyLimits.HubMessages),
        new("/jobs", "worker"),
        new("/mail", MailService),
        new("/mail.json", MailService),
    ];

    /// <summary>Exceptions to the body limits in <see cref="All"/>. A test compares them with the services' limits.</summary>
    public static IReadOnlyList<LargeBodyRoute> LargeBodies { get; } =
    [
        new("/api/analytics/pipeline", "apiservice", BodyLimits.Pipeline),
        new("/api/assignments/{id}/submissions", "apiservice", BodyLimits.UploadForm),
        new("/api/movies/import", "apiservice", BodyLimits.Import),
        new("/api/movies/{id}/poster", "apiservice", BodyLimits.Image),
        new("/api/users/{id}/avatar", "apiservice", BodyLimits.Image),
        new("/api/todos/import", "apiservice", BodyLimits.Import),
        new("/api/courses/{id}/enrollments/import", "apiservice", BodyLimits.Import),
        new("/api/assignments/{id}/grades/import", "apiservice", BodyLimits.Import),
    ];

    /// <summary>Returns true if the path belongs to a service.</summary>
    public static bool Contains(PathString path) => All.Any(route => path.StartsWithSegments(route.Path));

    /// <summary>Returns true if a mail catcher is configured (<c>services:mail</c>).</summary>
    internal static bool HasMail(IConfiguration configuration) => configuration.GetSection($"services:{MailService}").Exists();
}
