using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults.Compression;

/// <summary>Compresses responses while they are written, at endpoints with <see cref="CompressedResponse"/>.</summary>
internal static class CompressionExtensions
{
    private static readonly string[] MediaTypes = ["application/json", "application/x-ndjson", "text/csv"];

    internal static void AddCompression(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IResponseCompressionProvider, StreamedCompression>();
        builder.Services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = MediaTypes;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        builder.Services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }

    internal static void UseCompression(this WebApplication app) =>
        app.UseWhen(
            context =>
                context.GetEndpoint()?.Metadata.GetMetadata<CompressedResponse>() is not null
                && context.Request.Headers.AcceptEncoding.Count > 0,
            branch =>
            {
                branch.UseResponseCompression();
                branch.Use(next =>
                    context =>
                    {
                        if (context.Features.Get<IHttpResponseBodyFeature>() is { } body)
                            context.Features.Set<IHttpResponseBodyFeature>(new DeferredStart(body));
                        return next(context);
                    }
                );
            }
        );

    /// <summary>Starts the response with its first bytes, and not before: until then, it is unknown whether it is compressed.</summary>
    private sealed class DeferredStart(IHttpResponseBodyFeature body) : IHttpResponseBodyFeature
    {
        public Stream Stream => body.Stream;

        public System.IO.Pipelines.PipeWriter Writer => body.Writer;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task CompleteAsync() => body.CompleteAsync();

        public void DisableBuffering() => body.DisableBuffering();

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            body.SendFileAsync(path, offset, count, cancellationToken);
    }
}
