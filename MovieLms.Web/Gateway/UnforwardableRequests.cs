namespace MovieLms.Web.Gateway;

/// <summary>Refuses requests that cannot be forwarded: the method <c>CONNECT</c>, and a host that is no valid name or address.</summary>
internal static class UnforwardableRequests
{
    internal static void UseRefusalOfUnforwardable(this IReverseProxyApplicationBuilder pipeline) => pipeline.Use(async (context, next) =>
    {
        if (HttpMethods.IsConnect(context.Request.Method))
            await TypedResults.Problem(statusCode: StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
        else if (!Uri.TryCreate($"http://{context.Request.Host}", UriKind.Absolute, out _))
            await TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, detail: "The Host header is not a valid host.").ExecuteAsync(context);
        else
            await next(context);
    });
}
