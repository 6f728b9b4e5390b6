using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SmtpServer.IO;

namespace MovieLms.Standalone.Mail;

/// <summary>A client's connection, without TLS because it never leaves the machine.</summary>
internal sealed class SmtpPipe : ISecurableDuplexPipe
{
    private readonly TcpClient _client;
    private readonly SmtpReader _reader;
    private Action? _release;

    internal SmtpPipe(TcpClient client, MailCatcherOptions options, Action release)
    {
        (_client, _release) = (client, release);
        var stream = client.GetStream();
        _reader = new SmtpReader(PipeReader.Create(stream), options);
        Output = PipeWriter.Create(stream);
    }

    public PipeReader Input => _reader;

    public PipeWriter Output { get; }

    public bool IsSecure => false;

    public SslProtocols SslProtocol => SslProtocols.None;

    /// <summary>Makes the next read collect a complete message.</summary>
    internal void ExpectMessage() => _reader.ExpectMessage();

    /// <summary>Returns the received message, or null if it exceeded the maximum size.</summary>
    internal ReadOnlyMemory<byte>? TakeMessage() => _reader.TakeMessage();

    public Task UpgradeAsync(X509Certificate certificate, SslProtocols protocols, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The mail catcher does not support TLS.");

    public void Dispose()
    {
        _client.Dispose();
        Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
