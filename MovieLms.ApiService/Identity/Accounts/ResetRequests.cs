using System.Threading.Channels;
using MongoDB.Driver;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>
/// Processes requests for reset links in the background, so that the response time does not reveal whether an address is registered.
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
            LogFailed(logger, e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A requested reset link could not be mailed ({Reason}). The user must request it again")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Stopped mailing reset links because the service is stopping")]
    private static partial void LogStopped(ILogger logger);
}
