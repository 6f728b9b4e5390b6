using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Passwords;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

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
            .ProducesProblem(401);
        auth.MapPut("/me", UpdateAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("updateMe")
            .WithSummary("Replace the caller's profile")
            .WithDescription(
                "Changes name, phone number and mail preferences. Another phone number needs the current password or a recent sign-in."
            )
            .ProducesValidationProblem()
            .ProducesProblem(401)
            .ProducesProblem(403)
            .ProducesProblem(412)
            .ProducesProblem(429);
    }

    private static async Task<Results<Ok<UserResponse>, UnauthorizedHttpResult>> GetAsync(
        ClaimsPrincipal caller,
        UserStore users,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await users.FindAsync(ObjectId.Parse(caller.Id()), cancellationToken) is not { } found)
            return TypedResults.Unauthorized();
        http.Response.Headers.ETag = $"\"{found.Version}\"";
        return TypedResults.Ok(UserResponse.From(found));
    }

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> UpdateAsync(
        UpdateProfileRequest request,
        ClaimsPrincipal caller,
        UserStore users,
        Reauthentication reauthentication,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var id = ObjectId.Parse(caller.Id());
        if (await users.FindAsync(id, cancellationToken) is not { } current)
            return TypedResults.Problem(statusCode: 401);
        if (
            request.Phone != current.Phone
            && await reauthentication.CheckAsync(current, request.CurrentPassword, http, cancellationToken) is { } rejection
        )
        {
            return rejection;
        }

        var preferences = request.MailPreferences?.ToStored() ?? current.MailPreferences;
        if (
            await users.UpdateProfileAsync(
                id,
                ExpectedVersion(http.Request),
                request.Username.Trim(),
                request.Phone,
                preferences,
                cancellationToken
            )
            is not { } changed
        )
        {
            return TypedResults.Problem(
                statusCode: 412,
                title: "The profile has changed",
                detail: "Read it again and send the new ETag as If-Match."
            );
        }

        http.Response.Headers.ETag = $"\"{changed.Version}\"";
        return TypedResults.Ok(UserResponse.From(changed));
    }

    private static long? ExpectedVersion(HttpRequest request) =>
        request.Headers.IfMatch.ToString() switch
        {
            "" or "*" => null,
            var tag => long.TryParse(tag.Trim('"'), out var version) ? version : -1,
        };
}
