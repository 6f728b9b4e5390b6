using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MimeKit;

namespace MovieLms.Worker.Mail;

/// <summary>Sends mail by SMTP submission (RFC 6409) over TLS, with one connection per mail.</summary>
internal sealed class SmtpTransport(MailConnection connection) : IMailTransport
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds };
        if (connection.Authority is { } authority)
            client.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsIssuedBy(authority, certificate, errors);
        await client.ConnectAsync(connection.Host, connection.Port, connection.Security, cancellationToken);
        if (connection.User is not null)
            await client.AuthenticateAsync(connection.User, connection.Password ?? string.Empty, cancellationToken);
        try
        {
            await client.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException e) when ((int)e.StatusCode >= 500)
        {
            throw new MailRefusedException($"The server refused the mail with status {(int)e.StatusCode}.", e);
        }
        await client.DisconnectAsync(quit: true, cancellationToken);
    }

    /// <summary>Returns whether the CA issued the certificate. The certificate's name and dates must be valid as usual.</summary>
    private static bool IsIssuedBy(string authorityFile, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var authority = X509CertificateLoader.LoadCertificateFromFile(authorityFile);
        using var serverCertificate = new X509Certificate2(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        // Private CAs usually publish no revocation lists.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(serverCertificate);
    }
}
