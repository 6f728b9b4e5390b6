using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;

namespace MovieLms.ServiceDefaults.Compression;

/// <summary>Compresses a body, unless it ends within <see cref="ContentCodings.MinBytes"/>: then it is written as it is.</summary>
/// <param name="provider">Creates the compressing stream.</param>
/// <param name="response">The response, whose <c>Content-Encoding</c> is removed if the body is small.</param>
/// <param name="output">The stream of the response.</param>
internal sealed class CompressedUnlessSmall(ICompressionProvider provider, HttpResponse response, Stream output) : Stream
{
    private readonly MemoryStream _start = new();
    private Stream? _compressed;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_compressed is null)
        {
            if (_start.Length + buffer.Length < ContentCodings.MinBytes && !response.HasStarted)
            {
                _start.Write(buffer.Span);
                return;
            }
            _compressed = provider.CreateStream(output);
            await _compressed.WriteAsync(_start.GetBuffer().AsMemory(0, (int)_start.Length), cancellationToken);
        }
        await _compressed.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _compressed?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (_compressed is not null)
        {
            await _compressed.DisposeAsync();
            return;
        }
        response.Headers.ContentEncoding = default;
        if (_start.Length > 0)
            await output.WriteAsync(_start.GetBuffer().AsMemory(0, (int)_start.Length));
    }

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
