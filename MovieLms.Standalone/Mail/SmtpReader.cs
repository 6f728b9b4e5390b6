using System.Buffers;
using System.IO.Pipelines;
using SmtpServer.Protocol;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// Reads a client's commands and messages with size limits. The SMTP library buffers messages without a limit or, in its strict mode,
/// stops in the middle and treats the rest as commands. This reader collects the message itself and passes only its end to the library.
/// </summary>
internal sealed class SmtpReader(PipeReader inner, MailCatcherOptions options) : PipeReader
{
    private const int MaxLineBytes = 4_096;
    private static readonly ReadOnlySequence<byte> EndOfMessage = new("\r\n.\r\n"u8.ToArray());
    private static readonly SmtpResponse LineTooLong = new(SmtpReplyCode.CommandUnrecognized, "Line too long");

    private MessageBuffer? _message;
    private ReadOnlySequence<byte> _commands;
    private bool _isLineTooLong;
    private bool _isClosed;

    internal void ExpectMessage() => _message = new MessageBuffer(options.MaxMessageBytes);

    internal ReadOnlyMemory<byte>? TakeMessage() => _message?.Content;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_isClosed)
            return new ReadResult(default, isCanceled: false, isCompleted: true);
        if (_isLineTooLong)
            throw new SmtpResponseException(LineTooLong, quit: true);
        if (_message is not null)
        {
            await ReadMessageAsync(_message, cancellationToken);
            return new ReadResult(EndOfMessage, isCanceled: false, isCompleted: false);
        }
        var read = await inner.ReadAsync(cancellationToken);
        _commands = read.Buffer;
        return read;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_message is not null)
        {
            _message = null;
            return;
        }
        _isLineTooLong = consumed.Equals(_commands.Start) && _commands.Length > MaxLineBytes;
        inner.AdvanceTo(consumed, examined);
    }

    public override bool TryRead(out ReadResult result) => throw new NotSupportedException("Use ReadAsync.");

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async Task ReadMessageAsync(MessageBuffer message, CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (!message.IsComplete)
            {
                idle.CancelAfter(options.IdleTimeout);
                var read = await inner.ReadAsync(idle.Token);
                if (read.IsCompleted && read.Buffer.IsEmpty)
                    throw CloseIncomplete();
                inner.AdvanceTo(message.Append(read.Buffer));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw CloseIncomplete();
        }
    }

    /// <summary>
    /// Closes the connection without a reply, so that the sender retries. The library swallows this exception after DATA. It responds to
    /// any other exception with 554, a permanent failure that is not retried.
    /// </summary>
    private SmtpResponseException CloseIncomplete()
    {
        _isClosed = true;
        _message = null;
        return new SmtpResponseException(new SmtpResponse(SmtpReplyCode.ServiceUnavailable), quit: true);
    }
}
