using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;

namespace MovieLms.ApiService.Versions;

/// <summary>The running build.</summary>
internal sealed record VersionResponse(
    string Name,
    [property: Description("A semantic version.")] string Version,
    [property: Description("The commit from which it was built; null if the build did not record one.")] string? Commit
);

/// <summary>Returns which build is running, and nothing else about the installation.</summary>
internal static class VersionEndpoint
{
    private static readonly VersionResponse Current = Parse(
        typeof(VersionEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
    );

    internal static void MapVersion(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/version", "Version")
            .MapGet("/", Get)
            .AllowAnonymous()
            .WithName("getVersion")
            .WithSummary("Get the version")
            .WithDescription("The name, the version and the commit of the running build.");

    /// <summary>Splits the build's version, such as <c>1.2.0+8f3e…</c>.</summary>
    internal static VersionResponse Parse(string? informationalVersion)
    {
        var parts = (informationalVersion ?? "0.0.0").Split('+', 2);
        return new VersionResponse("MovieLms", parts[0], parts.Length > 1 ? parts[1] : null);
    }

    private static Ok<VersionResponse> Get() => TypedResults.Ok(Current);
}
