using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Application.Access;

/// <summary>Registers the permissions as authorization policies. All services use the same ones.</summary>
public static class PermissionExtensions
{
    /// <summary>Returns whether the user's role grants the permission.</summary>
    public static bool Can(this ClaimsPrincipal user, string permission) => Permissions.IsGranted(user.Role(), permission);

    /// <summary>Requires a permission: 401 without a valid token, 403 if the caller's role does not grant it.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        Permissions.All.Contains(permission)
            ? endpoint.RequireAuthorization(permission)
            : throw new ArgumentException($"Unknown permission '{permission}'.", nameof(permission));

    internal static void AddPermissions(this IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var permission in Permissions.All)
        {
            authorization.AddPolicy(
                permission,
                policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.Can(permission))
            );
        }
    }
}
