using System.Text.Unicode;

namespace MovieLms.Worker.Imports.Reading;

/// <summary>Passes a file through and stops at what no parser should be given: bytes that are not UTF-8, a line without an end.</summary>
internal sealed class GuardedStream(Stream inner, int? maxLineLength) : Stream
{
    /// <summary>Bytes a line may have where a row is a line.</summary>
    internal const int MaxLineLength = 1024 * 1024;

    // The beginning of a character whose rest comes with the next read.
    private readonly byte[] _open = new byte[4];
    private int _openLength;
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
                throw new BadFileException("The file is not UTF-8 but, as it begins, UTF-16. Save it as UTF-8.");
        }
        if (bytes.Length == 0 ? _openLength > 0 : !IsUtf8(bytes))
            throw new BadFileException($"The file is not UTF-8: see line {_line} and after.");
        if (bytes.Contains((byte)0))
            throw new BadFileException($"The file is binary: a zero byte stands at line {_line} or after.");
        CountLines(bytes);
    }

    private bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        while (_openLength > 0 && bytes.Length > 0)
        {
            _open[_openLength++] = bytes[0];
            bytes = bytes[1..];
            var needed = CharacterLength(_open[0]);
            if (_openLength < needed)
                continue;
            if (!Utf8.IsValid(_open.AsSpan(0, _openLength)))
                return false;
            _openLength = 0;
        }
        var tail = OpenTail(bytes);
        bytes[^tail..].CopyTo(_open.AsSpan(_openLength));
        _openLength += tail;
        return Utf8.IsValid(bytes[..^tail]);
    }

    /// <summary>How many bytes at the end begin a character that is not whole yet.</summary>
    private static int OpenTail(ReadOnlySpan<byte> bytes)
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
