using MimeKit;

namespace MovieLms.Worker.Mail;

/// <summary>Sends mail to a server.</summary>
internal interface IMailTransport
{
    /// <exception cref="MailRefusedException">The server refused the mail permanently.</exception>
    Task SendAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>A server's permanent refusal of a mail (RFC 5321, section 4.2.1: a 5yz reply).</summary>
internal sealed class MailRefusedException(string reason, Exception inner) : Exception(reason, inner);
