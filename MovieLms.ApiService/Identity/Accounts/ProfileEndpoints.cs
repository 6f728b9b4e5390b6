using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The caller's own profile.</summary>
internal static class ProfileEndpoints
{
    internal static void MapProfile(this RouteGroupBuilder auth)
    {
        auth.MapGet("/me", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getMe")
            .WithSummary("Get the caller's profile")
            .WithDescription(
                "Includes the phone number, the mail preferences and whether a second step is on. The `ETag` is for "
                    + "`If-Match` in `PUT /api/auth/me`."
            )
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        auth.MapPut("/me", UpdateAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("updateMe")
            .WithSummary("Change the caller's profile")
            .WithDescription(
                "Sets the name and, if the body has them, the phone number and the mail preferences. Omitted members stay, inside "
                    + "`mailPreferences` too; a `phone` of null removes the number. Another phone number needs the current password or a "
                    + "recent sign-in."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Results<Versioned<UserResponse>, UnauthorizedHttpResult>> GetAsync(
        ClaimsPrincipal caller,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(caller.GetObjectId(), cancellationToken) is not { } found)
            return TypedResults.Unauthorized();
        return new Versioned<UserResponse>(UserResponse.From(found), found.Version);
    }

    private static async Task<Results<Versioned<UserResponse>, ProblemHttpResult>> UpdateAsync(
        UpdateProfileRequest request,
        [FromHeader(Name = "If-Match"), Description("Replace only this version, an ETag of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        UserStore users,
        Reauthentication reauthentication,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var id = caller.GetObjectId();
        if (await users.FindAsync(id, cancellationToken) is not { } current)
            return TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized);
        if (
            request.HasPhone
            && request.Phone != current.Phone
            && await reauthentication.CheckAsync(current, request.CurrentPassword, http, cancellationToken) is { } rejection
        )
        {
            return rejection;
        }

        if (await users.UpdateProfileAsync(id, ETags.Versions(ifMatch), request.ToChange(), cancellationToken) is not { } changed)
            return Problems.Stale();

        return new Versioned<UserResponse>(UserResponse.From(changed), changed.Version);
    }
}
