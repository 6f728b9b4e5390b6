using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MovieLms.Worker.Tests.Mail;

/// <summary>
/// An SMTP server (RFC 5321) on the loopback interface that stores the mail it receives. With a certificate it offers STARTTLS (RFC 3207),
/// and then requires a user and a password (RFC 4954).
/// </summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    internal SmtpSink(X509Certificate2? certificate = null, string? credentials = null)
    {
        (_certificate, Credentials) = (certificate, credentials);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The required "user:password"; null to accept mail from any client.</summary>
    internal string? Credentials { get; set; }

    /// <summary>True to refuse STARTTLS although it was offered (RFC 3207, section 4: 454).</summary>
    internal bool RefusesTls { get; set; }

    /// <summary>The recipients and the text of each accepted mail.</summary>
    internal ConcurrentQueue<(string Recipients, string Content)> Mails { get; } = new();

    /// <summary>Every command that clients sent. Encrypted ones have the prefix "TLS ".</summary>
    internal ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>The replies to the next DATA commands; 354 if empty.</summary>
    internal ConcurrentQueue<string> Refusals { get; } = new();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            _listener.Stop();
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var plain = client.GetStream();
            if (!await TalkAsync(plain, isEncrypted: false))
                return;
            await using var encrypted = new SslStream(plain);
            try
            {
                await encrypted.AuthenticateAsServerAsync(
                    _certificate!,
                    clientCertificateRequired: false,
                    SslProtocols.None,
                    checkCertificateRevocation: false
                );
                await TalkAsync(encrypted, isEncrypted: true);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client rejected the certificate and disconnected.
                Commands.Enqueue($"({e.GetType().Name})");
            }
        }
    }

    /// <returns>True if the client has requested TLS.</returns>
    private async Task<bool> TalkAsync(Stream stream, bool isEncrypted)
    {
        // The reader buffers nothing beyond STARTTLS, because a client waits for the reply before it sends anything else.
        using var reader = new StreamReader(stream, Encoding.UTF8, false, 1_024, leaveOpen: true);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1_024, leaveOpen: true)
        {
            NewLine = "\r\n",
            AutoFlush = true,
        };
        if (!isEncrypted)
            await writer.WriteLineAsync("220 sink ESMTP");
        var (recipients, isAuthenticated) = (new List<string>(), Credentials is null);
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            Commands.Enqueue(isEncrypted ? $"TLS {line}" : line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (verb == "STARTTLS" && _certificate is not null && !RefusesTls)
            {
                await writer.WriteLineAsync("220 go on");
                return true;
            }
            if (verb == "AUTH")
                isAuthenticated = isEncrypted && IsAuthorized(line);
            if (verb == "RCPT")
                recipients.Add(line);
            if (verb == "DATA" && isAuthenticated && !Refusals.TryPeek(out _))
            {
                await writer.WriteLineAsync("354 go on");
                Mails.Enqueue((string.Join('\n', recipients), await ReadContentAsync(reader)));
                recipients.Clear();
            }
            await writer.WriteLineAsync(GetReply(verb, isEncrypted, isAuthenticated));
            if (verb == "QUIT")
                return false;
        }
        return false;
    }

    private string GetReply(string verb, bool isEncrypted, bool isAuthenticated) =>
        verb switch
        {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n"
                + (_certificate is not null && !isEncrypted ? "250-STARTTLS\r\n" : "")
                + (Credentials is not null && isEncrypted ? "250-AUTH PLAIN\r\n" : "")
                + "250 SIZE 20000000",
            "STARTTLS" => "454 not now",
            "AUTH" => isAuthenticated ? "235 welcome" : "535 5.7.8 no",
            "MAIL" when !isAuthenticated => "530 5.7.0 who are you",
            "DATA" when Refusals.TryDequeue(out var refusal) => refusal,
            "QUIT" => "221 bye",
            _ => "250 OK",
        };

    /// <summary>AUTH PLAIN with an initial response: base64 of NUL user NUL password (RFC 4616).</summary>
    private bool IsAuthorized(string line) =>
        line.Split(' ') is [_, "PLAIN", var text]
        && Encoding.UTF8.GetString(Convert.FromBase64String(text)).TrimStart('\0').Replace('\0', ':') == Credentials;

    private async Task<string> ReadContentAsync(StreamReader reader)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
            content.Append(line).Append('\n');
        return content.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _stop.Dispose();
    }
}
