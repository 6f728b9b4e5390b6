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
using MovieLms.ApiService.Identity.External;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.ApiService.Identity.Users;
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
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/login", LoginAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.LoginAddress)
            .WithName("login")
            .WithSummary("Sign in with a password")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        auth.MapPost("/refresh", RefreshAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.Refresh)
            .WithName("refresh")
            .WithSummary("Refresh tokens")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/logout", LogoutAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("logout")
            .WithSummary("Sign out")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        auth.MapProfile();
        auth.MapPost("/login/verify", VerifyLoginAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.LoginVerify)
            .WithName("verifyLogin")
            .WithSummary("Complete sign-in with a second factor")
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
        endpoints.MapAccountPages();
        endpoints
            .MapGet("/.well-known/jwks.json", GetKeysAsync)
            .AllowAnonymous()
            .WithTags("Identity")
            .WithName("getKeys")
            .WithSummary("Get the public keys of access tokens");
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
