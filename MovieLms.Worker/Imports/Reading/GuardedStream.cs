using System.Text.Unicode;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>Passes a file through and throws on input that must not reach a parser: invalid UTF-8, zero bytes, overlong lines.</summary>
internal sealed class GuardedStream(Stream inner, int? maxLineLength) : Stream
{
    /// <summary>The maximum length of a line in bytes, for line-based formats.</summary>
    internal const int MaxLineLength = 1024 * 1024;

    // The first bytes of a character that continues in the next read.
    private readonly byte[] _partial = new byte[4];
    private int _partialLength;
    private long _line = 1;
    private long _lineLength;
    private bool _isFirst = true;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Check(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Check(buffer.AsSpan(offset, read));
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        if (_isFirst && bytes.Length > 0)
        {
            _isFirst = false;
            if (bytes[0] is 0xFF or 0xFE)
                throw new BadFileException("The file is UTF-16. Save it as UTF-8.");
        }
        if (bytes.Length == 0 ? _partialLength > 0 : !IsUtf8(bytes))
            throw new BadFileException($"The file is not valid UTF-8 at or after line {_line}.");
        if (bytes.Contains((byte)0))
            throw new BadFileException($"The file is binary: it has a zero byte at or after line {_line}.");
        CountLines(bytes);
    }

    private bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        while (_partialLength > 0 && bytes.Length > 0)
        {
            _partial[_partialLength++] = bytes[0];
            bytes = bytes[1..];
            var needed = CharacterLength(_partial[0]);
            if (_partialLength < needed)
                continue;
            if (!Utf8.IsValid(_partial.AsSpan(0, _partialLength)))
                return false;
            _partialLength = 0;
        }
        var tail = CountPartialTail(bytes);
        bytes[^tail..].CopyTo(_partial.AsSpan(_partialLength));
        _partialLength += tail;
        return Utf8.IsValid(bytes[..^tail]);
    }

    /// <summary>Returns the number of bytes at the end that belong to an incomplete character.</summary>
    private static int CountPartialTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) == 0x80)
                continue;
            return b < 0xF8 && CharacterLength(b) > back ? back : 0;
        }
        return 0;
    }

    private static int CharacterLength(byte first) =>
        first switch
        {
            < 0x80 => 1,
            < 0xE0 => 2,
            < 0xF0 => 3,
            _ => 4,
        };

    private void CountLines(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _lineLength += end;
            if (_lineLength > maxLineLength)
                break;
            (_line, _lineLength) = (_line + 1, 0);
            bytes = bytes[(end + 1)..];
        }
        _lineLength += bytes.Length;
        if (_lineLength > maxLineLength)
            throw new BadFileException($"Line {_line} is longer than {MaxLineLength / 1024} KB.");
    }
}
