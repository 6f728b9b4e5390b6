using System.Net;
using SmtpServer;
using Server = SmtpServer.SmtpServer;
using SmtpServices = SmtpServer.ComponentModel.ServiceProvider;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// An SMTP server that stores every message as a file and delivers none. It listens on loopback only, because it has neither
/// authentication nor TLS. It logs no part of a message.
/// </summary>
public sealed class MailCatcher : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private int _isStopped;

    private MailCatcher(Server server, int port, string folder)
    {
        (Port, Folder) = (port, folder);
        _running = server.StartAsync(_stopping.Token);
    }

    /// <summary>The port that the server listens on.</summary>
    public int Port { get; }

    /// <summary>The folder with one <c>.eml</c> file per message.</summary>
    public string Folder { get; }

    /// <summary>The value for <c>ConnectionStrings:smtp</c>.</summary>
    public string ConnectionString => $"smtp://127.0.0.1:{Port}?tls=none";

    /// <summary>Starts the server.</summary>
    /// <exception cref="StandaloneException">The port is in use, or the folder is not usable.</exception>
    public static MailCatcher Start(MailCatcherOptions options)
    {
        var folder = MailFolder.Open(options);
        var listener = SmtpListener.Open(options);
        var endPoint = new IPEndPoint(IPAddress.Loopback, listener.Port);
        var smtp = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .CustomSmtpGreeting(_ => "220 localhost MovieLms mail catcher ESMTP")
            .MaxMessageSize(options.MaxMessageBytes)
            .CommandWaitTimeout(options.IdleTimeout)
            .Endpoint(endpoint => endpoint.Endpoint(endPoint).SessionTimeout(options.SessionTimeout))
            .Build();
        var services = new SmtpServices();
        services.Add(listener);
        services.Add(new MailReceiverFactory(folder));
        services.Add(new RecipientLimit(options.MaxRecipients));
        return new MailCatcher(new Server(smtp, services), listener.Port, options.Folder);
    }

    /// <summary>Stops the server. Senders retry messages that were not acknowledged.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
            return;
        await _stopping.CancelAsync();
        await _running.WaitAsync(StopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
