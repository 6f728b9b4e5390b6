using MimeKit;
using MovieLms.Data.Mail;

namespace MovieLms.Worker.Mail;

/// <summary>Composes the message (RFC 5322, MIME) of an outbox document.</summary>
/// <param name="from">The sender (<c>Mail:From</c>).</param>
internal sealed class MailComposer(MailboxAddress from)
{
    /// <summary>Composes a message. Its Message-ID contains the document's ID, so that a mail sent twice is recognized as one.</summary>
    internal MimeMessage Compose(MailDocument mail)
    {
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            MessageId = $"{mail.Id}@{from.Domain}",
            Date = mail.CreatedAt,
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(string.Empty, mail.To));
        // Suppresses automatic replies (RFC 3834, section 5).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.Unsubscribe is { } unsubscribe)
        {
            message.Headers.Add("List-Unsubscribe", $"<{unsubscribe}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        var body = new BodyBuilder { TextBody = mail.Text ?? string.Empty, HtmlBody = mail.Html };
        foreach (var attachment in mail.Attachments)
            body.Attachments.Add(attachment.Name, attachment.Content, ContentType.Parse(attachment.ContentType));
        message.Body = body.ToMessageBody();
        return message;
    }
}
