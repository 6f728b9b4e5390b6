using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MovieLms.ServiceDefaults.Http;

/// <summary>
/// Serves <c>HEAD</c> wherever <c>GET</c> is served (RFC 9110, section 9.3.2). Routing sees a GET and finds its endpoint. The endpoint sees
/// the method as sent, and the server omits the body.
/// </summary>
public static class HeadRequests
{
    /// <summary>The method of a HEAD request during routing. A separate string, to tell it from the GET that a client sent.</summary>
    private static readonly string RoutedAsGet = new(HttpMethods.Get.AsSpan());

    /// <summary>Adds routing that finds the endpoint of a GET for a HEAD request.</summary>
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use(next =>
            context =>
            {
                if (HttpMethods.IsHead(context.Request.Method))
                    context.Request.Method = RoutedAsGet;
                return next(context);
            }
        );
        app.UseRouting();
        app.Use(next =>
            context =>
            {
                if (ReferenceEquals(context.Request.Method, RoutedAsGet))
                    context.Request.Method = HttpMethods.Head;
                // The router's own endpoint, which responds with 405.
                if (context.GetEndpoint() is not (null or RouteEndpoint))
                    context.Response.OnStarting(AllowHeadAsync, context);
                return next(context);
            }
        );
    }

    private static Task AllowHeadAsync(object state)
    {
        var headers = ((HttpContext)state).Response.Headers;
        var methods = headers.GetCommaSeparatedValues("Allow");
        if (methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head))
            headers.Allow = string.Join(", ", methods.Append(HttpMethods.Head));
        return Task.CompletedTask;
    }
}
