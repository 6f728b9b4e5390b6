using System.Net;
using SmtpServer;
using Server = SmtpServer.SmtpServer;
using SmtpServices = SmtpServer.ComponentModel.ServiceProvider;

namespace MovieLms.Standalone.Mail;

/// <summary>
/// An SMTP server on loopback that stores every message as a file and delivers none. It takes no password and offers no TLS, so it
/// listens on loopback only. Nothing of a message is logged.
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

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The folder with one <c>.eml</c> file per message.</summary>
    public string Folder { get; }

    /// <summary>For <c>ConnectionStrings:smtp</c>.</summary>
    public string ConnectionString => $"smtp://127.0.0.1:{Port}?tls=none";

    /// <summary>Starts it.</summary>
    /// <exception cref="StandaloneException">The port is taken or the folder cannot be used.</exception>
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

    /// <summary>Stops it. A message that was not acknowledged is delivered again by its sender.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
            return;
        await _stopping.CancelAsync();
        await _running.WaitAsync(StopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
