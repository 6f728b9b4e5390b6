using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Audit;
using MovieLms.ApiService.Identity.External;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>How a session began.</summary>
internal enum SessionMethod
{
    Password,
    Github,
    Google,

    /// <summary>Another OpenID Connect provider of this installation.</summary>
    OpenIdConnect,
}

/// <summary>Where somebody is signed in.</summary>
/// <param name="Current">True for the session of this request.</param>
/// <param name="Provider">The name of the provider; null for a password.</param>
internal sealed record SessionResponse(
    string Id,
    bool Current,
    SessionMethod Method,
    string? Provider,
    string? UserAgent,
    string? Address,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>The caller's own sessions.</summary>
internal static class SessionEndpoints
{
    internal static void MapSessions(this RouteGroupBuilder auth)
    {
        var sessions = auth.MapGroup("/sessions")
            .RequirePermission(Permissions.SignedIn)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        sessions
            .MapGet("/", ListAsync)
            .WithName("listSessions")
            .WithSummary("List sessions")
            .WithDescription("The devices and programs where the caller is signed in; `current` marks the session of this request.");
        sessions
            .MapDelete("/{id}", EndAsync)
            .WithName("endSession")
            .WithSummary("End a session")
            .WithDescription("Its tokens are rejected from then on, and its hub connections are closed.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        sessions
            .MapDelete("/", EndOthersAsync)
            .WithName("endOtherSessions")
            .WithSummary("End all other sessions")
            .WithDescription("Signs the caller out everywhere except here, and closes the hub connections of the ended sessions.");
    }

    private static async Task<Ok<IReadOnlyList<SessionResponse>>> ListAsync(
        ClaimsPrincipal caller,
        SessionStore sessions,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<SessionResponse> responses =
        [
            .. (await ListActiveAsync(caller, sessions, users, cancellationToken)).Select(session => new SessionResponse(
                session.Id.ToString(),
                session.Id.ToString() == caller.SessionId(),
                GetMethod(session.Method),
                session.Method == SignIn.Password ? null : session.Method,
                session.UserAgent,
                session.Address,
                session.CreatedAt,
                session.LastUsedAt,
                session.ExpiresAt
            )),
        ];
        return TypedResults.Ok(responses);
    }

    private static SessionMethod GetMethod(string stored) =>
        stored switch
        {
            SignIn.Password => SessionMethod.Password,
            Providers.GitHub => SessionMethod.Github,
            Providers.Google => SessionMethod.Google,
            _ => SessionMethod.OpenIdConnect,
        };

    private static async Task<Results<NoContent, NotFound>> EndAsync(string id, ClaimsPrincipal caller, SessionEnder ender, AuditLog audit)
    {
        var userId = caller.GetObjectId();
        if (!Problems.TryParseId(id, out var sessionId) || !await ender.EndAsync(userId, sessionId))
            return TypedResults.NotFound();
        await audit.WriteAsync(AuditActions.SessionEnd, true, userId);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> EndOthersAsync(ClaimsPrincipal caller, SessionEnder ender, AuditLog audit)
    {
        var userId = caller.GetObjectId();
        await ender.EndOthersAsync(userId, ObjectId.Parse(caller.SessionId()));
        await audit.WriteAsync(AuditActions.SessionEnd, true, userId, "all others");
        return TypedResults.NoContent();
    }

    private static async Task<IReadOnlyList<SessionDocument>> ListActiveAsync(
        ClaimsPrincipal caller,
        SessionStore sessions,
        UserStore users,
        CancellationToken cancellationToken
    )
    {
        var userId = caller.GetObjectId();
        var user = await users.FindAsync(userId, cancellationToken);
        return await sessions.ListActiveAsync(userId, user?.TokenGeneration ?? -1, cancellationToken);
    }
}
