using System.Net;
using System.Net.Sockets;
using SmtpServer;
using SmtpServer.IO;
using SmtpServer.Net;

namespace MovieLms.Standalone.Mail;

/// <summary>Accepts connections on loopback, up to a maximum number of concurrent sessions.</summary>
internal sealed class SmtpListener : IEndpointListenerFactory, IEndpointListener
{
    private static readonly byte[] Busy = "421 localhost Too many connections; try again later\r\n"u8.ToArray();
    private readonly TcpListener _listener;
    private readonly MailCatcherOptions _options;
    private int _sessions;

    private SmtpListener(TcpListener listener, MailCatcherOptions options) => (_listener, _options) = (listener, options);

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <exception cref="StandaloneException">The port is in use.</exception>
    internal static SmtpListener Open(MailCatcherOptions options)
    {
        var listener = new TcpListener(IPAddress.Loopback, options.Port);
        try
        {
            listener.Start();
            return new SmtpListener(listener, options);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new StandaloneException(
                $"Port {options.Port} for the embedded SMTP server is already in use; choose another with --smtp-port PORT.",
                e
            );
        }
    }

    /// <summary>Returns this listener, which is bound before the server starts, so that a port in use is reported immediately.</summary>
    public IEndpointListener CreateListener(IEndpointDefinition endpointDefinition) => this;

    public async Task<ISecurableDuplexPipe> GetPipeAsync(ISessionContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(cancellationToken);
            if (Interlocked.Increment(ref _sessions) <= _options.MaxSessions)
                return new SmtpPipe(client, _options, Release);
            Release();
            await RejectAsync(client, cancellationToken);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Release() => Interlocked.Decrement(ref _sessions);

    private static async Task RejectAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            // The reply fits into an empty send buffer, so a client that does not read cannot delay the next connection.
            var sent = client.Client.SendAsync(Busy, cancellationToken).AsTask();
            await ((Task)sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
