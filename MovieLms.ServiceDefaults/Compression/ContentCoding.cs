using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace MovieLms.ServiceDefaults.Compression;

/// <summary>How a response's body is compressed (RFC 9110, section 8.4.1).</summary>
internal enum ContentCoding
{
    None,
    Gzip,
    Brotli,
}

/// <summary>Chooses a content coding and applies it.</summary>
internal static class ContentCodings
{
    /// <summary>Smaller bodies are not compressed: they fit into one network packet either way.</summary>
    internal const int MinBytes = 1024;

    /// <summary>Compresses about as well as gzip's best level in a tenth of its time.</summary>
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    /// <summary>Returns the name of a coding in <c>Accept-Encoding</c> and <c>Content-Encoding</c>.</summary>
    internal static string Name(ContentCoding coding) => coding == ContentCoding.Brotli ? "br" : "gzip";

    /// <summary>Returns the coding that the client prefers. If it has no preference, Brotli.</summary>
    internal static ContentCoding Choose(StringValues acceptEncoding)
    {
        if (acceptEncoding.Count == 0)
            return ContentCoding.None;
        double? brotli = null;
        double? gzip = null;
        double? any = null;
        var header = acceptEncoding.ToString().AsSpan();
        foreach (var range in header.Split(','))
        {
            var name = Parse(header[range], out var quality);
            if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
                brotli = quality;
            else if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
                gzip = quality;
            else if (name is "*")
                any = quality;
        }
        var (ofBrotli, ofGzip) = (brotli ?? any ?? 0, gzip ?? any ?? 0);
        if (ofBrotli > 0 && ofBrotli >= ofGzip)
            return ContentCoding.Brotli;
        return ofGzip > 0 ? ContentCoding.Gzip : ContentCoding.None;
    }

    /// <summary>Returns the compressed bytes.</summary>
    internal static byte[] Compress(ContentCoding coding, byte[] body)
    {
        if (coding == ContentCoding.Gzip)
        {
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
                gzip.Write(body);
            return compressed.ToArray();
        }
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            return BrotliEncoder.TryCompress(body, buffer, out var length, BrotliQuality, BrotliWindow)
                ? buffer.AsSpan(0, length).ToArray()
                : throw new InvalidOperationException("The buffer is too small.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns a coding's name and its weight (RFC 9110, section 12.4.2). A malformed weight counts as 0.</summary>
    private static ReadOnlySpan<char> Parse(ReadOnlySpan<char> item, out double quality)
    {
        quality = 1;
        var end = item.IndexOf(';');
        if (end < 0)
            return item.Trim();
        var weight = item[(end + 1)..].Trim();
        var isWeight =
            weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            && double.TryParse(weight[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality);
        if (!isWeight)
            quality = 0;
        return item[..end].Trim();
    }
}
