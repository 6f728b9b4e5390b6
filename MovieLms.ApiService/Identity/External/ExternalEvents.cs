using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;

namespace MovieLms.ApiService.Identity.External;

/// <summary>The ends of a sign-in at a provider: a redirect with a one-time code, or with an error that says why not.</summary>
internal static partial class ExternalEvents
{
    /// <summary>The framework's message for a state without its cookie; it has no type of its own.</summary>
    private const string CorrelationFailure = "Correlation failed.";

    internal static async Task ReceivedAsync(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var principal = context.Principal!;
        var result = await http
            .RequestServices.GetRequiredService<ExternalSignIn>()
            .AcceptAsync(
                context.Scheme.Name,
                Claim(principal, "sub"),
                Claim(principal, "name"),
                Claim(principal, "email"),
                string.Equals(Claim(principal, "email_verified"), "true", StringComparison.OrdinalIgnoreCase),
                context.Properties?.Items.TryGetValue(ExchangeBinding.Item, out var binding) == true ? binding : null,
                http.RequestAborted
            );
        Redirect(http, context.ReturnUri, result.Code is { } code ? ("code", code) : ("error", result.Error!));
        // The tokens of our own come from the code: no cookie is set.
        context.HandleResponse();
    }

    internal static Task DeniedAsync(AccessDeniedContext context)
    {
        Redirect(context.HttpContext, context.ReturnUrl ?? context.Properties?.RedirectUri, ("error", "access_denied"));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>Without a state of ours nothing is known of where the caller came from: then it is a bad request, not a redirect.</summary>
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
        else if (context.Properties is null && ReturnUrlOf(context) is { } stated)
        {
            Redirect(http, stated, ("error", "provider_failed"));
        }
        else
        {
            await TypedResults
                .Problem(
                    statusCode: StatusCodes.Status400BadRequest,
                    title: "The sign-in cannot be completed",
                    detail: "It was not begun in this browser, took too long, or was completed before. Begin again."
                )
                .ExecuteAsync(http);
        }

        context.HandleResponse();
    }

    /// <summary>
    /// Where the provider threw, the handler forgets what it had read: the state, which only we can have made, still says it.
    /// </summary>
    private static string? ReturnUrlOf(RemoteFailureContext context)
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

    private static string? Claim(ClaimsPrincipal principal, string type) => principal.FindFirst(type)?.Value;

    [LoggerMessage(LogLevel.Warning, "A sign-in at {Provider} failed ({Reason})")]
    private static partial void LogFailed(ILogger logger, string provider, string? reason);
}
