using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MovieLms.Worker.Tests.Mail;

/// <summary>An SMTP server (RFC 5321) on loopback that keeps what it is given, without TLS.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    internal SmtpSink()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The recipients and the text of each mail taken.</summary>
    internal ConcurrentQueue<(string Recipients, string Content)> Mails { get; } = new();

    /// <summary>Every command a client sent.</summary>
    internal ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>What DATA is answered with, from the first mail on; 354 when none is left.</summary>
    internal ConcurrentQueue<string> Refusals { get; } = new();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
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
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 sink ESMTP");
            var recipients = new List<string>();
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                Commands.Enqueue(line);
                var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                if (verb == "RCPT") recipients.Add(line);
                if (verb == "DATA" && !Refusals.TryPeek(out _))
                {
                    await writer.WriteLineAsync("354 go on");
                    Mails.Enqueue((string.Join('\n', recipients), await ReadContentAsync(reader)));
                    recipients.Clear();
                }
                await writer.WriteLineAsync(Answer(verb));
                if (verb == "QUIT") return;
            }
        }
    }

    private string Answer(string verb) => verb switch
    {
        "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SIZE 20000000",
        "DATA" when Refusals.TryDequeue(out var refusal) => refusal,
        "QUIT" => "221 bye",
        _ => "250 OK",
    };

    private async Task<string> ReadContentAsync(StreamReader reader)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".") content.Append(line).Append('\n');
        return content.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _stop.Dispose();
    }
}
