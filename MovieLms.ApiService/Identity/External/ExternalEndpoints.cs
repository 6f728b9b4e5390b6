using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Mails;
using MovieLms.ApiService.Identity.Settings;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.External;

/// <summary>A one-time code that a sign-in at a provider ended with.</summary>
/// <param name="Code">The code.</param>
/// <param name="CodeVerifier">The verifier of the challenge that the sign-in began with (RFC 7636); without one, the browser's cookie is required.</param>
public sealed record ExchangeRequest([Required, MaxLength(200)] string Code, [MaxLength(128)] string? CodeVerifier = null);

/// <summary>Sign-in at external providers.</summary>
internal static class ExternalEndpoints
{
    internal static void MapExternalSignIn(this RouteGroupBuilder auth)
    {
        // Routing prefers fixed paths to this one. The authentication handler itself serves the callback.
        auth.MapGet("/{provider}", Begin)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.External)
            .WithName("beginExternalSignIn")
            .WithSummary("Sign in at a provider")
            .WithDescription(
                "Redirects to `github`, `google` or another configured provider, and from there to `returnUrl` with a `code` for `POST /api/auth/exchange`. "
                    + "Only the client that began the sign-in can exchange the code: send a `code_challenge` and prove it with the `codeVerifier` (RFC 7636), "
                    + "or, in a browser of the same site, rely on the cookie that is set here."
            )
            .Produces(StatusCodes.Status302Found)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status501NotImplemented);
        auth.MapPost("/exchange", ExchangeAsync)
            .AllowAnonymous()
            .LimitFailuresByAddress(IdentityLimits.External)
            .WithName("exchange")
            .WithSummary("Exchange a provider code for tokens")
            .WithDescription(
                "Takes the one-time code that `GET /api/auth/{provider}` adds to the return URL. Only the client "
                    + "that began the sign-in can exchange it."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static Results<ChallengeHttpResult, ProblemHttpResult> Begin(
        string provider,
        [Description("Where to go with ?code= or ?error=; one of the URLs that the server allows. Absent: the first of them.")]
            string? returnUrl,
        [FromQuery(Name = "code_challenge"), Description("SHA-256 of a random verifier of 43 to 128 characters, in base64url.")]
            string? codeChallenge,
        [FromQuery(Name = "code_challenge_method"), Description("`S256`, required with a challenge.")] string? codeChallengeMethod,
        Providers providers,
        PublicAddress address,
        IConfiguration configuration,
        ExchangeBinding binding,
        UnconfiguredFeatures unconfigured,
        HttpContext http
    )
    {
        var name = provider.ToLowerInvariant();
        if (!providers.Configured.ContainsKey(name))
        {
            return Providers.IsKnown(name)
                ? unconfigured.Respond(
                    $"Sign-in with {name} is not available on this server.",
                    $"{Providers.Section}:{name}:ClientId and {Providers.Section}:{name}:ClientSecret"
                )
                : Problems.NotFound("sign-in provider");
        }
        string[] allowed = configuration.GetSection("Auth:ReturnUrls").Get<string[]>() ?? [$"{address.Base}/account/signed-in"];
        // Compared as a whole: a prefix would let through other hosts and paths.
        if (returnUrl is not null && !allowed.Contains(returnUrl, StringComparer.Ordinal))
            throw new InvalidInputException("returnUrl", "`returnUrl` must be one of the URLs that this server allows.");
        var properties = new AuthenticationProperties { RedirectUri = returnUrl ?? allowed[0] };
        properties.Items[ExchangeBinding.Item] = binding.Begin(http, codeChallenge, codeChallengeMethod);
        return TypedResults.Challenge(properties, [name]);
    }

    private static async Task<Results<Ok<LoginResponse>, ProblemHttpResult>> ExchangeAsync(
        ExchangeRequest request,
        ExternalSignIn externalSignIn,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await externalSignIn.ExchangeAsync(request.Code, request.CodeVerifier, http, cancellationToken) is { } response)
            return TypedResults.Ok(response);
        return Problems.NotSignedIn(http, "The code is invalid, expired or already used, or another client began the sign-in.");
    }
}
