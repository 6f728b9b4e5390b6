using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace MovieLms.ServiceDefaults.Access;

/// <summary>
/// The Bearer scheme (RFC 6750) for tokens that <see cref="ValidatedTokens"/> does not know yet. ASP.NET Core's own JWT
/// handler validates on every request; this one asks the same library once a token.
/// </summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ValidatedTokens tokens
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string SchemeName = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerToken.Of(Request) is not { } text)
            return AuthenticateResult.NoResult();
        if (await tokens.ValidateAsync(text, Context.RequestAborted) is not { } token)
            return AuthenticateResult.Fail("The access token is not valid.");
        return AuthenticateResult.Success(new AuthenticationTicket(token.User, SchemeName));
    }

    /// <summary>401 with the challenge; which check failed is not told (RFC 6750, section 3.1 asks for the code only).</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = BearerToken.Of(Request) is null
            ? "Bearer realm=\"MovieLms\""
            : "Bearer realm=\"MovieLms\", error=\"invalid_token\", error_description=\"The access token is invalid, expired or revoked\"";
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Context.RequestServices.GetService<IAccessDenials>()?.NoteAsync(Context) ?? Task.CompletedTask;
    }
}
