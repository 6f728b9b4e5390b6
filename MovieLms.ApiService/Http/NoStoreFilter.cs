namespace MovieLms.ApiService.Http;

/// <summary>Keeps tokens and personal data out of every cache (RFC 6749, section 5.1).</summary>
internal static class NoStoreFilter
{
    /// <summary>Adds <c>Cache-Control: no-store</c> to every response of the endpoints.</summary>
    internal static TBuilder WithNoStore<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(
            static (context, next) =>
            {
                context.HttpContext.Response.Headers.CacheControl = "no-store";
                return next(context);
            }
        );
}
