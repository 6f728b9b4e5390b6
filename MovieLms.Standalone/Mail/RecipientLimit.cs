using SmtpServer;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace MovieLms.Standalone.Mail;

/// <summary>Accepts every address, up to a maximum number of recipients per message.</summary>
internal sealed class RecipientLimit(int maxRecipients) : MailboxFilter
{
    private static readonly SmtpResponse TooMany = new(SmtpReplyCode.InsufficientStorage, "Too many recipients");

    public override Task<bool> CanAcceptFromAsync(ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken)
    {
        context.Properties[nameof(RecipientLimit)] = 0;
        return Task.FromResult(true);
    }

    public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken)
    {
        var count = (int)context.Properties[nameof(RecipientLimit)];
        if (count >= maxRecipients)
            throw new SmtpResponseException(TooMany);
        context.Properties[nameof(RecipientLimit)] = count + 1;
        return Task.FromResult(true);
    }
}
