using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;

namespace MovieLms.ApiService.Identity.External;

/// <summary>Ends a sign-in at a provider with a redirect that carries a one-time code or an error.</summary>
internal static partial class ExternalEvents
{
    /// <summary>The framework's message for a state without its cookie. The exception has no type of its own.</summary>
    private const string CorrelationFailure = "Correlation failed.";

    internal static async Task ReceivedAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var principal = context.Principal!;
        var result = await http
            .RequestServices.GetRequiredService<ExternalSignIn>()
            .AcceptAsync(
                context.Scheme.Name,
                FindClaim(principal, "sub"),
                FindClaim(principal, "name"),
                FindClaim(principal, "email"),
                string.Equals(FindClaim(principal, "email_verified"), "true", StringComparison.OrdinalIgnoreCase),
                context.Properties?.Items.TryGetValue(ExchangeBinding.Item, out var binding) == true ? binding : null,
                http.RequestAborted
            );
        Redirect(http, context.ReturnUri, result.Code is { } code ? ("code", code) : ("error", result.Error!));
        // The client exchanges the code for tokens, so no cookie is set.
        context.HandleResponse();
    }

    internal static Task DeniedAsync(AccessDeniedContext context)
    {
        Redirect(context.HttpContext, context.ReturnUrl ?? context.Properties?.RedirectUri, ("error", "access_denied"));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>Redirects with an error. Without a valid state the return URL is unknown, and the response is 400.</summary>
    internal static async Task FailedAsync(RemoteFailureContext context)
    {
        var http = context.HttpContext;
        LogFailed(
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ExternalEvents)),
            context.Scheme.Name,
            context.Failure?.GetType().Name
        );
        if (context.Properties is { RedirectUri: { } returnUrl } && context.Failure?.Message != CorrelationFailure)
        {
            Redirect(http, returnUrl, ("error", "provider_failed"));
        }
        else if (context.Properties is null && FindReturnUrl(context) is { } fromState)
        {
            Redirect(http, fromState, ("error", "provider_failed"));
        }
        else
        {
            await TypedResults
                .Problem(
                    statusCode: StatusCodes.Status400BadRequest,
                    title: "The sign-in cannot be completed",
                    detail: "It was started in another browser, took too long, or was already completed. Start again."
                )
                .ExecuteAsync(http);
        }

        context.HandleResponse();
    }

    /// <summary>
    /// Returns the return URL from the state, which is protected and therefore trusted. After an exception at the provider, the handler no
    /// longer has the properties that it read from it.
    /// </summary>
    private static string? FindReturnUrl(RemoteFailureContext context)
    {
        var format = context.Options switch
        {
            OAuthOptions options => options.StateDataFormat,
            OpenIdConnectOptions options => options.StateDataFormat,
            _ => null,
        };
        return format?.Unprotect(context.Request.Query["state"])?.RedirectUri;
    }

    private static void Redirect(HttpContext http, string? returnUrl, (string Name, string Value) result)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Redirect(QueryHelpers.AddQueryString(returnUrl ?? "/", result.Name, result.Value));
    }

    private static string? FindClaim(ClaimsPrincipal principal, string type) => principal.FindFirst(type)?.Value;

    [LoggerMessage(LogLevel.Warning, "Sign-in at {Provider} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string provider, string? reason);
}
