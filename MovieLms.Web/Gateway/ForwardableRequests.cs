using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Refuses requests that cannot be forwarded: the method <c>CONNECT</c> and an invalid host. From other requests it removes what the proxy
/// handles wrongly: it turns any request that asks for a WebSocket into a <c>GET</c>, and a large body of a <c>GET</c>, which no service
/// reads, can become a 502.
/// </summary>
internal static class ForwardableRequests
{
    internal static void UseForwardableRequests(this IReverseProxyApplicationBuilder pipeline) =>
        pipeline.Use(
            (context, next) =>
            {
                if (HttpMethods.IsConnect(context.Request.Method))
                    return TypedResults.Problem(statusCode: StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
                if (!Uri.TryCreate($"http://{context.Request.Host}", UriKind.Absolute, out _))
                    return InvalidHost().ExecuteAsync(context);
                if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
                    RemoveBody(context);
                else
                    context.Request.Headers.Remove(HeaderNames.Upgrade);
                return next(context);
            }
        );

    private static void RemoveBody(HttpContext context)
    {
        context.Features.Set<IHttpRequestBodyDetectionFeature>(NoBody.Instance);
        context.Request.Headers.ContentLength = null;
        context.Request.Headers.Remove(HeaderNames.TransferEncoding);
    }

    private static IResult InvalidHost() =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["Host"] = ["The value is not a valid host."] });

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        internal static readonly NoBody Instance = new();

        public bool CanHaveBody => false;
    }
}
