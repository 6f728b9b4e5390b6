using System.Threading.Channels;
using MongoDB.Driver;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>
/// Requests for reset links, worked off after the answer was sent: how long the answer takes then says nothing about
/// whether the address belongs to somebody.
/// </summary>
internal sealed partial class ResetRequests(PasswordChanges changes, ILogger<ResetRequests> logger) : BackgroundService
{
    private const int MaxWaiting = 1_000;
    private readonly Channel<string> _requests = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    internal void Add(string emailNormalized) => _requests.Writer.TryWrite(emailNormalized);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var email in _requests.Reader.ReadAllAsync(stoppingToken))
                await MailAsync(email, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(logger);
        }
    }

    private async Task MailAsync(string email, CancellationToken cancellationToken)
    {
        try
        {
            await changes.MailResetAsync(email, cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            LogLost(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A request for a reset link was lost ({Reason}); its user will ask again")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "No more reset links are mailed: the service stops")]
    private static partial void LogStopped(ILogger logger);
}
