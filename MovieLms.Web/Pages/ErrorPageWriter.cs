using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;
using MovieLms.Web.Gateway;
using MovieLms.Web.Layout;
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
        var isOurs =
            IsPage(http)
            || (
                http.Features.Get<IReverseProxyFeature>() is not null
                    ? http.Response.StatusCode >= StatusCodes.Status500InternalServerError
                    : http.Response.StatusCode == StatusCodes.Status404NotFound && !GatewayRoutes.Contains(http.Request.Path)
            );
        return isOurs && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ProblemDetailsContext context) => new(ErrorPage.WriteAsync(context.HttpContext));

    /// <summary>Returns whether the request was for a page of this project, also after the page threw an exception.</summary>
    internal static bool IsPage(HttpContext http) =>
        (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint())?.Metadata.GetMetadata<ComponentTypeMetadata>()
            is not null;
}
