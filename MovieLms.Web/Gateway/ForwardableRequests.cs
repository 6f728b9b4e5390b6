using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace MovieLms.Web.Gateway;

/// <summary>
/// Rejects requests that cannot be forwarded: the method <c>CONNECT</c> and invalid hosts. Also works around two behaviors of the proxy.
/// </summary>
/// <remarks>
/// The proxy turns every WebSocket request into a <c>GET</c>, so <c>Upgrade</c> is removed from other methods. A large body of a
/// <c>GET</c>, which no service reads, can cause a 502, so it is removed.
/// </remarks>
internal static class ForwardableRequests
{
    internal static void UseForwardableRequests(this IReverseProxyApplicationBuilder pipeline) =>
        pipeline.Use(
            (context, next) =>
            {
                if (HttpMethods.IsConnect(context.Request.Method))
                    return TypedResults.Problem(statusCode: StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
                if (!Uri.TryCreate($"http://{context.Request.Host}", UriKind.Absolute, out _))
                    return CreateInvalidHostProblem().ExecuteAsync(context);
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

    private static IResult CreateInvalidHostProblem() =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["Host"] = ["The value is not a valid host."] });

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        internal static readonly NoBody Instance = new();

        public bool CanHaveBody => false;
    }
}
