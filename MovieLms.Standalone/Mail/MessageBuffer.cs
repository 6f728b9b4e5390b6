using System.Buffers;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// Collects a message up to the line with a single dot and removes dot-stuffing (RFC 5321, section 4.5.2). Only CRLF ends a line. If a
/// lone LF did, text inside a message could be executed as commands.
/// </summary>
internal sealed class MessageBuffer(int maxBytes)
{
    private const byte Dot = (byte)'.';
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';
    private readonly MemoryStream _content = new();
    private State _state = State.LineStart;

    private enum State
    {
        LineStart,
        Text,
        AfterCr,
        AfterDot,
        AfterDotCr,
        Complete,
    }

    internal bool IsComplete => _state == State.Complete;

    /// <summary>The message; null if it exceeded the maximum size.</summary>
    internal ReadOnlyMemory<byte>? Content =>
        IsTooLarge ? (ReadOnlyMemory<byte>?)null : _content.GetBuffer().AsMemory(0, (int)_content.Length);

    private bool IsTooLarge { get; set; }

    /// <summary>Appends bytes up to the end of the message, and returns the position after the last consumed byte.</summary>
    internal SequencePosition Append(ReadOnlySequence<byte> bytes)
    {
        long consumed = 0;
        foreach (var segment in bytes)
        {
            consumed += Append(segment.Span);
            if (IsComplete)
                break;
        }
        return bytes.GetPosition(consumed);
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (position < bytes.Length && !IsComplete)
        {
            if (_state == State.Text)
            {
                var run = bytes[position..].IndexOf(Cr);
                if (run < 0)
                    run = bytes.Length - position;
                Write(bytes.Slice(position, run));
                position += run;
                if (position == bytes.Length)
                    break;
            }
            _state = Advance(bytes[position++]);
        }
        return position;
    }

    private State Advance(byte value)
    {
        switch (_state)
        {
            case State.LineStart when value == Dot:
                return State.AfterDot;
            case State.AfterDot when value == Cr:
                return State.AfterDotCr;
            case State.AfterDotCr when value == Lf:
                return State.Complete;
            case State.AfterDotCr:
                Write([Cr]);
                break;
            case State.AfterCr when value == Lf:
                Write([value]);
                return State.LineStart;
        }
        Write([value]);
        return value == Cr ? State.AfterCr : State.Text;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsTooLarge)
            return;
        if (_content.Length + bytes.Length <= maxBytes)
        {
            _content.Write(bytes);
            return;
        }
        IsTooLarge = true;
        _content.SetLength(0);
        _content.Capacity = 0;
    }
}
