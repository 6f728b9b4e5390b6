using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// The largest request bodies, in bytes. Every endpoint has <see cref="Default"/>; an endpoint that needs more names one of the others
/// with <see cref="WithMaxBodySize"/>. The server counts every byte that it reads, whether or not the request declares a length.
/// </summary>
public static class BodyLimits
{
    /// <summary>Any endpoint that names no other limit. <c>Requests:MaxBodyBytes</c> changes it.</summary>
    public const long Default = 64 * 1024;

    /// <summary>An aggregation pipeline of an administrator.</summary>
    public const long Pipeline = 256 * 1024;

    /// <summary>Messages to the hub from a client without WebSockets, which sends several at once.</summary>
    public const long HubMessages = 256 * 1024;

    /// <summary>A form with a file of 10 MB. The endpoint itself counts a form exactly, and JSON by a limit of its own.</summary>
    public const long UploadForm = 24 * 1024 * 1024;

    /// <summary>An import of 50 MB. The endpoint itself counts exactly.</summary>
    public const long Import = 100 * 1024 * 1024;

    /// <summary>
    /// Sets the largest body of an endpoint. A server that cuts the connection in the middle of a body leaves most clients without a
    /// response. An endpoint that responds to a body which is a little too large therefore has some room between its own limit and this
    /// one.
    /// </summary>
    public static TBuilder WithMaxBodySize<TBuilder>(this TBuilder endpoint, long bytes)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequestSizeLimitAttribute(bytes));

    internal static void AddBodyLimits(this IHostApplicationBuilder builder)
    {
        var bytes = builder.Configuration.GetValue("Requests:MaxBodyBytes", Default);
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = bytes);
    }
}
