using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>The Bearer scheme and the permissions as authorization policies, the same in every service.</summary>
public static class AccessExtensions
{
    internal static void AddAccess(this IHostApplicationBuilder builder)
    {
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        var authorization = builder.Services.AddAuthorizationBuilder();
        // An endpoint that names neither a permission nor AllowAnonymous is closed, not open. (No route of ours: a 404, 405 or 415.)
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build());
        foreach (var permission in Permissions.All)
            authorization.AddPolicy(permission, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.Can(permission)));
    }

    internal static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    /// <summary>Asks for a permission of the caller's role: 401 without a valid token, 403 without the permission.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        Permissions.All.Contains(permission)
            ? endpoint.RequireAuthorization(permission)
            : throw new ArgumentException($"There is no permission named '{permission}'.", nameof(permission));
}
