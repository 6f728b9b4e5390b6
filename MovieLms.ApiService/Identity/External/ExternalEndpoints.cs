using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.ServiceDefaults.RateLimiting;

namespace MovieLms.ApiService.Identity.External;

/// <summary>A one-time code that a sign-in at a provider ended with.</summary>
public sealed record ExchangeRequest([Required, MaxLength(200)] string Code);

/// <summary>Sign-in at other providers.</summary>
internal static class ExternalEndpoints
{
    internal static void MapExternalSignIn(this RouteGroupBuilder auth)
    {
        // Fixed paths win over this one in routing; the provider's call-back is the handler's own.
        auth.MapGet("/{provider}", Begin).AllowAnonymous().LimitFailuresByAddress(IdentityLimits.External)
            .WithName("beginExternalSignIn").WithSummary("Go to a provider (github, google, or one of the configuration) to sign in there")
            .Produces(StatusCodes.Status302Found).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(429).ProducesProblem(501);
        auth.MapPost("/exchange", ExchangeAsync).AllowAnonymous().LimitFailuresByAddress(IdentityLimits.External)
            .WithName("exchange").WithSummary("Exchange the code that a sign-in at a provider ended with")
            .ProducesValidationProblem().ProducesProblem(401).ProducesProblem(429);
    }

    private static Results<ChallengeHttpResult, ProblemHttpResult> Begin(
        string provider,
        [Description("Where to go with ?code= or ?error=; one of Auth:ReturnUrls. Absent: the first of them.")] string? returnUrl,
        Providers providers, PublicAddress address, IConfiguration configuration)
    {
        var name = provider.ToLowerInvariant();
        if (!providers.Configured.ContainsKey(name))
        {
            return Providers.IsKnown(name)
                ? TypedResults.Problem(statusCode: 501, title: "Not configured", detail: $"{Providers.Section}:{name}:ClientId and ClientSecret are missing.")
                : TypedResults.Problem(statusCode: 404, title: "Not found", detail: "There is no such sign-in provider.");
        }
        string[] allowed = configuration.GetSection("Auth:ReturnUrls").Get<string[]>() ?? [$"{address.Base}/account/signed-in"];
        // Compared as a whole: a prefix would let through other hosts and paths.
        if (returnUrl is not null && !allowed.Contains(returnUrl, StringComparer.Ordinal))
            throw new InvalidInputException("returnUrl", "This address is not one of Auth:ReturnUrls.");
        return TypedResults.Challenge(new AuthenticationProperties { RedirectUri = returnUrl ?? allowed[0] }, [name]);
    }

    private static async Task<Results<Ok<LoginResponse>, ProblemHttpResult>> ExchangeAsync(
        ExchangeRequest request, ExternalSignIn externalSignIn, HttpContext http, CancellationToken cancellationToken)
    {
        if (await externalSignIn.ExchangeAsync(request.Code, http, cancellationToken) is { } response) return TypedResults.Ok(response);
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"MovieLms\"";
        return TypedResults.Problem(statusCode: 401, title: "Not signed in", detail: "The code is unknown, was used before or has expired.");
    }
}
