using MimeKit;

namespace MovieLms.Worker.Mail;

/// <summary>Hands a mail to whoever delivers it.</summary>
internal interface IMailTransport
{
    /// <exception cref="MailRefusedException">It will not be taken however often it is tried.</exception>
    Task SendAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>A server has refused a mail for good (RFC 5321, section 4.2.1: a 5yz reply).</summary>
internal sealed class MailRefusedException(string reason, Exception inner) : Exception(reason, inner);
