using Microsoft.AspNetCore.Diagnostics;
using MovieLms.Client;
using MovieLms.ServiceDefaults.Hardening;
using MovieLms.Web.Layout;
using MovieLms.Web.Session;

namespace MovieLms.Web.Pages;

/// <summary>
/// Handles failures of the API that a page does not handle itself: a visitor who is not signed in is sent to the sign-in page, and others
/// see the error.
/// </summary>
internal sealed class PageExceptionHandler(IProblemDetailsService problems, ConsoleSessions sessions) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!ErrorPageWriter.IsPage(httpContext) || !ApiProblem.IsFailure(exception))
            return false;
        // The headers were cleared with the failed response.
        SecurityHeaders.AddMissing(httpContext);
        var response = httpContext.Response;
        var status = exception is ApiException api ? api.StatusCode : StatusCodes.Status503ServiceUnavailable;
        if (status == StatusCodes.Status401Unauthorized)
        {
            // The session was revoked, for example by a new password.
            await sessions.DropAsync(httpContext);
            response.Redirect(SignInAddress.Create(httpContext.Request));
            return true;
        }
        // An unexpected response of the API is this server's failure, and not the visitor's.
        response.StatusCode = status is 403 or 404 or 429 or 503 ? status : StatusCodes.Status500InternalServerError;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = httpContext,
                ProblemDetails = { Status = response.StatusCode, Title = ApiProblem.From(exception).Title },
                Exception = exception,
            }
        );
    }
}
