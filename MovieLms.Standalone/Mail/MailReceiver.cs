using System.Buffers;
using SmtpServer;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace MovieLms.Standalone.Mail;

/// <summary>Stores a session's messages and acknowledges them once they are on disk.</summary>
internal sealed class MailReceiver(MailFolder folder, SmtpPipe pipe) : MessageStore
{
    public override async Task<SmtpResponse> SaveAsync(
        ISessionContext context,
        IMessageTransaction transaction,
        ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        if (pipe.TakeMessage() is not { } message)
            return SmtpResponse.SizeLimitExceeded;
        try
        {
            // No cancellation: a complete message is stored even while the server stops.
            await folder.SaveAsync(message, CancellationToken.None);
            return SmtpResponse.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SmtpResponse(SmtpReplyCode.Aborted, "The message could not be stored; try again later");
        }
    }
}

/// <summary>Creates a receiver for each DATA command before its message is read.</summary>
internal sealed class MailReceiverFactory(MailFolder folder) : IMessageStoreFactory
{
    public IMessageStore CreateInstance(ISessionContext context)
    {
        var pipe = (SmtpPipe)context.Pipe;
        pipe.ExpectMessage();
        return new MailReceiver(folder, pipe);
    }
}
