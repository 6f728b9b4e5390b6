using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.Codes;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Deletion;
using MovieLms.ApiService.Identity.External;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.ApiService.Identity.Users;
using MovieLms.ApiService.PersonalData;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity;

/// <summary>Registration, sign-in, refresh and sign-out.</summary>
internal static class IdentityEndpoints
{
    internal static void MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        var auth = endpoints.MapArea("/api/auth", "Identity").WithNoStore();
        auth.MapPost("/register", RegisterAsync)
            .AllowAnonymous()
            .LimitByAddress(IdentityLimits.Register)
            .WithName("register")
            .WithSummary("Register")
            .WithDescription(
                "Creates an account with the role `student` and mails a verification link. Passwords have 10 to 128 "
                    + "characters; common and breached ones are rejected."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapFirstAdmin();
        auth.MapPost("/login", LoginAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.LoginAddress)
            .WithName("login")
            .WithSummary("Sign in with a password")
            .WithDescription(
                "Returns tokens or, if the account has a second step, a challenge for `POST /api/auth/login/verify`. "
                    + "An unknown address and a wrong password get the same response."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        auth.MapPost("/refresh", RefreshAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Refresh)
            .WithName("refresh")
            .WithSummary("Refresh tokens")
            .WithDescription(
                "Exchanges a refresh token for a new pair. Repeating the request within 10 seconds returns the same "
                    + "token; later reuse revokes the session."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/logout", LogoutAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("logout")
            .WithSummary("Sign out")
            .WithDescription(
                "Ends the session of the access token, which every service rejects from then on. With a "
                    + "`refreshToken` in the body, its session ends too."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        auth.MapProfile();
        auth.MapDeletion();
        auth.MapEmailChanges();
        auth.MapExport();
        auth.MapPost("/login/verify", VerifyLoginAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.LoginVerify)
            .WithName("verifyLogin")
            .WithSummary("Complete sign-in with a second factor")
            .WithDescription(
                "Takes the challenge of a sign-in with a code of the authenticator app or a recovery code. A "
                    + "challenge expires after 5 minutes or 5 attempts."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPasswords();
        auth.MapSessions();
        auth.MapCodes();
        auth.MapSecondStep();
        auth.MapExternalSignIn();
        endpoints.MapUsers();
        endpoints.MapAudit();
        endpoints
            .MapGet("/.well-known/jwks.json", GetKeysAsync)
            .AllowAnonymous()
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithTags("Identity")
            .WithName("getKeys")
            .WithSummary("Get the public keys of access tokens")
            .WithDescription(
                "A JSON Web Key Set (RFC 7517). Use it to verify access tokens in another service. Cache it for 5 " + "minutes."
            );
    }

    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> RegisterAsync(
        RegisterRequest request,
        Registration registration,
        CodeSender codes,
        AuditLog audit,
        CancellationToken cancellationToken
    )
    {
        var user = await registration.AddAsync(request.Username, request.Email, request.Password, Roles.Student, null, cancellationToken);
        if (user is null)
        {
            return Problems.Conflict("The e-mail address is taken. Sign in, or request a password reset.");
        }

        await codes.SendAsync(user, OtpPurpose.VerifyEmail, CancellationToken.None);
        await audit.WriteAsync(AuditActions.Register, true, user.Id);
        return TypedResults.Created("/api/auth/me", UserResponse.From(user));
    }

    private static async Task<Results<Ok<LoginResponse>, ProblemHttpResult>> LoginAsync(
        LoginRequest request,
        Login login,
        HttpContext http,
        CancellationToken cancellationToken
    ) => await login.RunAsync(request, http, cancellationToken);

    private static async Task<Results<Ok<LoginResponse>, ProblemHttpResult>> VerifyLoginAsync(
        VerifyLoginRequest request,
        Login login,
        HttpContext http,
        CancellationToken cancellationToken
    ) => await login.VerifyAsync(request, http, cancellationToken);

    private static async Task<Results<Ok<TokenPair>, ProblemHttpResult>> RefreshAsync(
        RefreshRequest request,
        Sessions sessions,
        AttemptLimiter limiter,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var attempt = await limiter.TryAcquireAsync(IdentityLimits.RefreshToken, request.RefreshToken, cancellationToken);
        if (!attempt.IsAllowed)
            return AttemptLimitExtensions.TooManyRequests(http, attempt);
        if (await sessions.RefreshAsync(request.RefreshToken, http, cancellationToken) is { } pair)
            return TypedResults.Ok(pair);
        return Problems.NotSignedIn(http, "The refresh token is invalid, expired or already used. Sign in again.");
    }

    private static async Task<NoContent> LogoutAsync(
        [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] LogoutRequest? request,
        ClaimsPrincipal user,
        Sessions sessions,
        SessionEnder ender,
        AuditLog audit,
        CancellationToken cancellationToken
    )
    {
        var userId = ObjectId.Parse(user.Id());
        if (request?.RefreshToken is { } token && await sessions.FindSessionAsync(token, cancellationToken) is { } other)
            await ender.EndAsync(userId, other);
        await ender.EndAsync(userId, ObjectId.Parse(user.SessionId()));
        await audit.WriteAsync(AuditActions.Logout, true, userId);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<PublishedKeys>> GetKeysAsync(SigningKeys keys, HttpContext http, CancellationToken cancellationToken)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(await keys.GetPublishedAsync(cancellationToken));
    }
}
