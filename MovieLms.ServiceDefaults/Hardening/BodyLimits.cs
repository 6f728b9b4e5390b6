using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// Limits of request bodies, in bytes. Every endpoint uses <see cref="Default"/> unless it sets a larger limit with
/// <see cref="WithMaxBodySize"/>. The server counts every byte that it reads, whether or not the request declares a length.
/// </summary>
public static class BodyLimits
{
    /// <summary>The limit of endpoints that set no other. <c>Requests:MaxBodyBytes</c> overrides it.</summary>
    public const long Default = 64 * 1024;

    /// <summary>An administrator's aggregation pipeline.</summary>
    public const long Pipeline = 256 * 1024;

    /// <summary>Hub messages from a client without WebSockets, which sends several per request.</summary>
    public const long HubMessages = 256 * 1024;

    /// <summary>A form with a file of up to 10 MB. The endpoint enforces the exact limit, and a separate one for JSON.</summary>
    public const long UploadForm = 24 * 1024 * 1024;

    /// <summary>An image of up to 5 MB. The endpoint enforces the exact limit.</summary>
    public const long Image = 8 * 1024 * 1024;

    /// <summary>An import of up to 50 MB. The endpoint enforces the exact limit.</summary>
    public const long Import = 100 * 1024 * 1024;

    /// <summary>
    /// Sets the body limit of an endpoint. Most clients receive no response if the server closes the connection in the middle of a
    /// body. An endpoint with a limit of its own should therefore set this one higher, to respond to bodies slightly too large.
    /// </summary>
    public static TBuilder WithMaxBodySize<TBuilder>(this TBuilder endpoint, long bytes)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequestSizeLimitAttribute(bytes));

    internal static void AddBodyLimits(this IHostApplicationBuilder builder)
    {
        var bytes = builder.Configuration.GetValue("Requests:MaxBodyBytes", Default);
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = bytes);
    }
}
