namespace MovieLms.Web.Gateway;

/// <summary>A path of the one origin, and the service behind it.</summary>
/// <param name="Path">The path and everything below it.</param>
/// <param name="Service">The service discovery name.</param>
/// <param name="IsSticky">True when a client's requests must reach the same instance of the service.</param>
public sealed record GatewayRoute(string Path, string Service, bool IsSticky = false);

/// <summary>Which service answers which path. Every other path belongs to the pages of this project.</summary>
public static class GatewayRoutes
{
    /// <summary>The service discovery name of the mail catcher, which only development has.</summary>
    public const string MailService = "mail";

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<GatewayRoute> All { get; } =
    [
        new("/api", "apiservice"),
        new("/openapi", "apiservice"),
        new("/scalar", "apiservice"),
        new("/account", "apiservice"),
        new("/.well-known", "apiservice"),
        new("/hubs", "realtime", IsSticky: true),
        new("/chat", "realtime"),
        new("/jobs", "worker"),
        new("/mail", MailService),
        new("/mail.json", MailService),
    ];

    /// <summary>True when a service answers the path.</summary>
    public static bool Contains(PathString path) => All.Any(route => path.StartsWithSegments(route.Path));

    /// <summary>True when a mail catcher is configured (<c>services:mail</c>).</summary>
    internal static bool HasMail(IConfiguration configuration) => configuration.GetSection($"services:{MailService}").Exists();
}
