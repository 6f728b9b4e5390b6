namespace MovieLms.ApiService.Http;

/// <summary>
/// A request body with a size limit. Every byte counts, including those of form parts that the endpoint skips. The endpoint can still
/// respond with a problem, because the server keeps reading up to its own, larger limit.
/// </summary>
/// <param name="body">The body as received.</param>
/// <param name="maxBytes">The maximum number of bytes.</param>
/// <param name="tooLarge">Creates the exception to throw when the body is larger.</param>
internal sealed class BoundedBody(Stream body, long maxBytes, Func<Exception> tooLarge) : Stream
{
    private long _bytes;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Limits the size of a request's body.</summary>
    /// <exception cref="BadHttpRequestException">The request declares a larger body (413).</exception>
    internal static BoundedBody Of(HttpRequest request, long maxBytes)
    {
        return request.ContentLength > maxBytes ? throw TooLarge() : new BoundedBody(request.Body, maxBytes, TooLarge);

        Exception TooLarge() =>
            new BadHttpRequestException($"The request body must not exceed {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken);
        _bytes += count;
        return _bytes <= maxBytes ? count : throw tooLarge();
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();
}
