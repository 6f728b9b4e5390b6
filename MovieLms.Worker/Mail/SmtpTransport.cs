using MailKit.Net.Smtp;
using MimeKit;

namespace MovieLms.Worker.Mail;

/// <summary>Sends by SMTP submission (RFC 6409) over TLS, a connection a mail.</summary>
internal sealed class SmtpTransport(MailConnection connection) : IMailTransport
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds };
        await client.ConnectAsync(connection.Host, connection.Port, connection.Security, cancellationToken);
        if (connection.User is not null) await client.AuthenticateAsync(connection.User, connection.Password ?? string.Empty, cancellationToken);
        try
        {
            await client.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException e) when ((int)e.StatusCode >= 500)
        {
            throw new MailRefusedException($"The server refused it with {(int)e.StatusCode}.", e);
        }
        await client.DisconnectAsync(quit: true, cancellationToken);
    }
}
