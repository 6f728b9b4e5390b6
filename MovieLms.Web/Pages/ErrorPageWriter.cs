using MovieLms.Web.Gateway;
using Yarp.ReverseProxy.Model;

namespace MovieLms.Web.Pages;

/// <summary>
/// Shows browsers an HTML page for errors on this project's own paths, and for the gateway's failures to reach a service. Error
/// responses of the services are unchanged.
/// </summary>
internal sealed class ErrorPageWriter : IProblemDetailsWriter
{
    /// <inheritdoc/>
    public bool CanWrite(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var isOurs = http.Features.Get<IReverseProxyFeature>() is not null
            ? http.Response.StatusCode >= StatusCodes.Status500InternalServerError
            : http.Response.StatusCode == StatusCodes.Status404NotFound && !GatewayRoutes.Contains(http.Request.Path);
        return isOurs && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        var isMissing = response.StatusCode == StatusCodes.Status404NotFound;
        var (title, text) = isMissing
            ? ("Page not found", "There is no page at this address.")
            : ("Unavailable", "The service behind this page is unavailable. Try again in a few seconds.");
        response.ContentType = Page.ContentType;
        response.Headers.ContentSecurityPolicy = Page.Policy;
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(
            Page.Render($"{title} - MovieLms", $"""<h1>{title}</h1><p class="soft">{text}</p><p><a href="/">Start page</a></p>"""),
            context.HttpContext.RequestAborted
        );
    }
}
