using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ServiceDefaults.Settings;

/// <summary>
/// Maps <c>/settings</c>, the settings of this process for administrators. Each service has its own, because each has its own environment.
/// The gateway does not forward it: the console reads it from the services.
/// </summary>
internal static class SettingsEndpoint
{
    internal const string Path = "/settings";

    internal static void AddSettings(this IServiceCollection services) => services.TryAddSingleton<SettingsReader>();

    internal static void MapSettings(this WebApplication app) =>
        app.MapGet(Path, Get).AllowAnonymous().ExcludeFromDescription().WithName("Settings");

    /// <summary>Checks the role itself, because the policies of permissions belong to the services.</summary>
    private static Results<Ok<IReadOnlyList<SettingValue>>, ProblemHttpResult> Get(HttpContext http, SettingsReader settings)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (http.User.Identity?.IsAuthenticated != true)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
            return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized);
        }
        return http.User.Role() == Roles.Admin
            ? TypedResults.Ok(settings.Read())
            : TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden);
    }
}
