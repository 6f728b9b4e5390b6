using MovieLms.Web.Gateway;
using Yarp.ReverseProxy.Model;

namespace MovieLms.Web.Pages;

/// <summary>
/// Shows errors of this project's own paths, and a gateway's failure to reach a service, as a page to browsers. Paths of the
/// services keep their problem documents.
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
            ? ("Page not found", "There is nothing at this address.")
            : ("Unavailable", "The service behind this page is unavailable. Try again in a few seconds.");
        response.ContentType = Page.ContentType;
        response.Headers.ContentSecurityPolicy = Page.Policy;
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(
            Page.Html($"{title} - MovieLms", $"""<h1>{title}</h1><p class="soft">{text}</p><p><a href="/">Go to the start page</a></p>"""),
            context.HttpContext.RequestAborted
        );
    }
}
