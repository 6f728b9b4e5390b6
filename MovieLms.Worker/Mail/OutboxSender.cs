using System.Diagnostics;
using System.Net.Sockets;
using MailKit;
using MailKit.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MongoDB.Driver;
using MovieLms.Application.Work;
using MovieLms.Data.Mail;
using MovieLms.ServiceDefaults.Telemetry;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Mail;

/// <summary>
/// Sends the mail of the outbox at least once: a mail whose sender died is due again when its lease expires. Failed sends are retried with
/// increasing delays, up to <see cref="MaxAttempts"/> attempts.
/// </summary>
internal sealed partial class OutboxSender(
    OutboxStore outbox,
    IMailTransport transport,
    MailComposer composer,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<OutboxSender> logger
) : IWorkQueue, IHealthCheck
{
    internal const int MaxAttempts = 10;
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan OverdueAfter = TimeSpan.FromMinutes(10);

    /// <summary>The error of the last attempt; null if it succeeded.</summary>
    private volatile string? _lastError;

    /// <inheritdoc/>
    public string Name => "outbox";

    /// <inheritdoc/>
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> RunNextAsync(CancellationToken cancellationToken)
    {
        if (await outbox.ClaimAsync(Lease, cancellationToken) is not { } mail)
            return false;
        using var scope = logger.BeginIdScope("MailId", mail.Id.ToString());
        using var activity = TraceContext.StartFromParent("mail", mail.TraceParent);
        activity?.SetTag("mail.id", mail.Id.ToString());
        try
        {
            await transport.SendAsync(composer.Compose(mail), cancellationToken);
            await outbox.MarkSentAsync(mail.Id, cancellationToken);
            _lastError = null;
            metrics.RecordMailSent(time.GetUtcNow() - mail.CreatedAt);
        }
        catch (MailRefusedException e)
        {
            metrics.RecordMailAttempt("dead");
            activity?.SetStatus(ActivityStatusCode.Error, nameof(MailRefusedException));
            LogRefused(logger, mail.Id.ToString(), e.Message);
            await outbox.MarkFailedAsync(mail, e.Message, null, cancellationToken);
        }
        catch (Exception e) when (IsTransient(e) && !cancellationToken.IsCancellationRequested)
        {
            // Only the type: the server's message may contain the recipient's address.
            var error = e.GetType().Name;
            DateTimeOffset? retryAt = mail.Attempts < MaxAttempts ? time.GetUtcNow() + GetRetryDelay(mail.Attempts) : null;
            _lastError = error;
            metrics.RecordMailAttempt(retryAt is null ? "dead" : "retried");
            activity?.SetStatus(ActivityStatusCode.Error, error);
            LogFailed(logger, mail.Id.ToString(), mail.Attempts, error);
            await outbox.MarkFailedAsync(mail, error, retryAt, cancellationToken);
        }
        return true;
    }

    /// <summary>Returns 5 s, 10 s, 20 s, … up to 1 hour.</summary>
    internal static TimeSpan GetRetryDelay(int attempts)
    {
        var delay = FirstRetryDelay * Math.Pow(2, attempts - 1);
        return delay < MaxRetryDelay ? delay : MaxRetryDelay;
    }

    private static bool IsTransient(Exception e) =>
        e
            is IOException
                or SocketException
                or ProtocolException
                or CommandException
                or AuthenticationException
                or SslHandshakeException
                or NotSupportedException
                or UnauthorizedAccessException
                or TimeoutException
                or FormatException
                or ServiceNotConnectedException
                or OperationCanceledException;

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var (overdue, dead) = await outbox.CountAsync(OverdueAfter, cancellationToken);
            var data = new Dictionary<string, object> { ["overdue"] = overdue, ["dead"] = dead };
            if (overdue > 0)
            {
                return new HealthCheckResult(
                    context.Registration.FailureStatus,
                    "Mail has been waiting for more than 10 minutes.",
                    data: data
                );
            }

            return _lastError is { } error
                ? new HealthCheckResult(
                    context.Registration.FailureStatus,
                    $"Sending the last mail failed ({error}). It will be retried.",
                    data: data
                )
                : HealthCheckResult.Healthy(data: data);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The outbox cannot be read ({e.GetType().Name}).");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Mail {Mail} was refused permanently: {Reason}")]
    private static partial void LogRefused(ILogger logger, string mail, string reason);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} to send mail {Mail} failed ({Reason})")]
    private static partial void LogFailed(ILogger logger, string mail, int attempt, string reason);
}
