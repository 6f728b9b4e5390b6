using MovieLms.Application.Imports;
using MovieLms.Data.Imports;

namespace MovieLms.Worker.Imports.Files;

/// <summary>Reads uploaded files: staged pieces while Redis still has them, GridFS otherwise.</summary>
internal sealed class ImportFiles(StagedUploads staged, UploadStore uploads)
{
    /// <summary>Opens an import's file for reading.</summary>
    internal Stream Open(ImportDocument import) => new StagedStream(import, staged, uploads);

    /// <summary>Deletes the staged pieces of a finished import. Its file in GridFS stays until the import is purged.</summary>
    internal Task UnstageAsync(ImportDocument import) =>
        import.File is { } file ? staged.DeleteAsync(import.Id.ToString(), StagedStream.CountPieces(file)) : Task.CompletedTask;
}

/// <summary>Reads an upload piece by piece. A piece that Redis has lost is read from GridFS and staged again for the next pass.</summary>
internal sealed class StagedStream(ImportDocument import, StagedUploads staged, UploadStore uploads) : Stream
{
    private readonly ImportFile _file = import.File ?? throw new InvalidOperationException("The import has no file yet.");
    private ReadOnlyMemory<byte> _piece;
    private int _next;
    private Stream? _stored;
    private bool _isStaging = true;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => _file.Size;
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal static int CountPieces(ImportFile file) => (int)((file.Size + file.ChunkSize - 1) / file.ChunkSize);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_piece.IsEmpty && _next < CountPieces(_file))
            _piece = await LoadAsync(_next++, cancellationToken);
        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The pieces come over the network. Use ReadAsync.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stored?.Dispose();
        base.Dispose(disposing);
    }

    private async Task<byte[]> LoadAsync(int index, CancellationToken cancellationToken)
    {
        var start = (long)index * _file.ChunkSize;
        var length = (int)Math.Min(_file.ChunkSize, _file.Size - start);
        if (_isStaging && await staged.TryReadAsync(import.Id.ToString(), index) is { } piece && piece.Length == length)
            return piece;

        _stored ??= await uploads.OpenAsync(import.Id, cancellationToken);
        if (_stored.Position != start)
            _stored.Seek(start, SeekOrigin.Begin);
        piece = new byte[length];
        await _stored.ReadExactlyAsync(piece, cancellationToken);
        _isStaging = _isStaging && await staged.TryWriteAsync(import.Id.ToString(), index, piece);
        return piece;
    }
}
