using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace MovieLms.ServiceDefaults.Compression;

/// <summary>
/// Decides which responses are compressed while they are written: successful ones that are not small. A response with an <c>ETag</c> is
/// either stored, with a compressed form of its own, or a document, which is not compressed.
/// </summary>
internal sealed class StreamedCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response is { StatusCode: StatusCodes.Status200OK, ContentLength: null or >= ContentCodings.MinBytes } response
        && response.Headers.ETag.Count == 0
        && base.ShouldCompressResponse(context);

    public override ICompressionProvider? GetCompressionProvider(HttpContext context) =>
        base.GetCompressionProvider(context) is { } provider ? new OfResponse(provider, context.Response) : null;

    private sealed class OfResponse(ICompressionProvider provider, HttpResponse response) : ICompressionProvider
    {
        public string EncodingName => provider.EncodingName;

        public bool SupportsFlush => provider.SupportsFlush;

        public Stream CreateStream(Stream outputStream) => new CompressedUnlessSmall(provider, response, outputStream);
    }
}
