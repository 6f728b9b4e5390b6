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
/// Sends what the outbox holds, at least once: a mail whose sender died is due again when its lease ends. Failures are
/// repeated with growing pauses and given up after <see cref="MaxAttempts"/>.
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
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    /// <summary>Of the last attempt; null when it went through.</summary>
    private volatile string? _failure;

    /// <inheritdoc/>
    public string Name => "outbox";

    /// <inheritdoc/>
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> RunNextAsync(CancellationToken cancellationToken)
    {
        if (await outbox.TakeAsync(Lease, cancellationToken) is not { } mail)
            return false;
        using var scope = logger.BeginIdScope("MailId", mail.Id.ToString());
        using var activity = TraceContext.Continue("mail", mail.TraceParent);
        activity?.SetTag("mail.id", mail.Id.ToString());
        try
        {
            await transport.SendAsync(composer.Compose(mail), cancellationToken);
            await outbox.SentAsync(mail.Id, cancellationToken);
            _failure = null;
            metrics.MailSent(time.GetUtcNow() - mail.CreatedAt);
        }
        catch (MailRefusedException e)
        {
            metrics.MailTried("dead");
            activity?.SetStatus(ActivityStatusCode.Error, nameof(MailRefusedException));
            LogRefused(logger, mail.Id.ToString(), e.Message);
            await outbox.FailedAsync(mail, e.Message, null, cancellationToken);
        }
        catch (Exception e) when (IsTransient(e) && !cancellationToken.IsCancellationRequested)
        {
            // Only the kind of failure: a server's words may repeat the recipient's address.
            var error = e.GetType().Name;
            DateTimeOffset? retryAt = mail.Attempts < MaxAttempts ? time.GetUtcNow() + RetryDelay(mail.Attempts) : null;
            _failure = error;
            metrics.MailTried(retryAt is null ? "dead" : "retried");
            activity?.SetStatus(ActivityStatusCode.Error, error);
            LogFailed(logger, mail.Id.ToString(), mail.Attempts, error);
            await outbox.FailedAsync(mail, error, retryAt, cancellationToken);
        }
        return true;
    }

    /// <summary>5 s, 10 s, 20 s … an hour.</summary>
    internal static TimeSpan RetryDelay(int attempts)
    {
        var pause = FirstRetryDelay * Math.Pow(2, attempts - 1);
        return pause < MaxRetryDelay ? pause : MaxRetryDelay;
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
            var (overdue, dead) = await outbox.CountAsync(Late, cancellationToken);
            var data = new Dictionary<string, object> { ["overdue"] = overdue, ["dead"] = dead };
            if (overdue > 0)
            {
                return new HealthCheckResult(
                    context.Registration.FailureStatus,
                    "Mail has been waiting for more than ten minutes.",
                    data: data
                );
            }

            return _failure is { } failure
                ? new HealthCheckResult(
                    context.Registration.FailureStatus,
                    $"The last mail could not be sent ({failure}); it is tried again.",
                    data: data
                )
                : HealthCheckResult.Healthy(data: data);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The outbox cannot be read ({e.GetType().Name}).");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Mail {Mail} was refused for good: {Reason}")]
    private static partial void LogRefused(ILogger logger, string mail, string reason);

    [LoggerMessage(LogLevel.Warning, "Mail {Mail} could not be sent at attempt {Attempt} ({Reason})")]
    private static partial void LogFailed(ILogger logger, string mail, int attempt, string reason);
}
