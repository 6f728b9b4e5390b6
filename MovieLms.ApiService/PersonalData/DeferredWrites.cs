namespace MovieLms.ApiService.PersonalData;

/// <summary>
/// Sends the synchronous writes of a ZIP file with the next asynchronous one, because the server rejects synchronous writes. At the end of
/// an entry, <see cref="System.IO.Compression.ZipArchive"/> writes the rest of the compressed data and the sizes synchronously, a few
/// kilobytes at most.
/// </summary>
internal sealed class DeferredWrites(Stream destination) : Stream
{
    private readonly MemoryStream _pending = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => _pending.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => _pending.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await SendPendingAsync(cancellationToken);
        await destination.WriteAsync(buffer, cancellationToken);
    }

    /// <summary>Does nothing. The pending writes are sent asynchronously.</summary>
    public override void Flush() { }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await SendPendingAsync(cancellationToken);
        await destination.FlushAsync(cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _pending.Dispose();
        base.Dispose(disposing);
    }

    private async Task SendPendingAsync(CancellationToken cancellationToken)
    {
        if (_pending.Length == 0)
            return;
        var bytes = _pending.ToArray();
        _pending.SetLength(0);
        await destination.WriteAsync(bytes, cancellationToken);
    }
}
