using MovieLms.Data;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The configured first administrator was rejected. The message is one sentence for the operator.</summary>
public sealed class FirstAdminException(string message, Exception innerException) : Exception(message, innerException);

/// <summary>
/// Creates the first administrator of an empty installation from <c>Admin:Email</c> and <c>Admin:Password</c>. Without them, and if
/// <c>Admin:IssueLink</c> is true (Standalone), issues a link with which a person creates the administrator.
/// </summary>
public sealed partial class FirstAdmin : BackgroundService
{
    private readonly DatabaseInitializer _database;
    private readonly UserStore _users;
    private readonly Registration _registration;
    private readonly FirstAdminLink _link;
    private readonly IConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<FirstAdmin> _logger;
    private readonly TaskCompletionSource<string?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal FirstAdmin(
        DatabaseInitializer database,
        UserStore users,
        Registration registration,
        FirstAdminLink link,
        IConfiguration configuration,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<FirstAdmin> logger
    ) =>
        (_database, _users, _registration, _link, _configuration, _time, _lifetime, _logger) = (
            database,
            users,
            registration,
            link,
            configuration,
            time,
            lifetime,
            logger
        );

    /// <summary>
    /// Completes with the token of the link, or with null if there is an administrator or no link is wanted. Fails with a
    /// <see cref="FirstAdminException"/> if the configured administrator is rejected.
    /// </summary>
    public Task<string?> Ready => _ready.Task;

    /// <summary>Completes when the link has created the administrator.</summary>
    public Task LinkUsed => _link.Used;

    /// <summary>Whether there is a link that has not created the administrator yet.</summary>
    public bool IsLinkOpen => _link.IsOpen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _database.Ready.WaitAsync(stoppingToken);
            _ready.TrySetResult(await PrepareAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _ready.TrySetCanceled(stoppingToken);
        }
        catch (FirstAdminException e)
        {
            _ready.TrySetException(e);
            LogRefused(_logger, e.Message);
            Environment.ExitCode = 1;
            // Stopping during startup would look like a failure of the host.
            _lifetime.ApplicationStarted.Register(_lifetime.StopApplication);
        }
        catch (Exception e)
        {
            _ready.TrySetException(e);
            throw;
        }
    }

    /// <summary>Returns the token of a new link, or null.</summary>
    private async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (await _users.AnyWithRoleAsync(Roles.Admin, cancellationToken))
            return null;
        if (_configuration["Admin:Email"] is { Length: > 0 } email && _configuration["Admin:Password"] is { Length: > 0 } password)
        {
            await AddConfiguredAsync(email, password, cancellationToken);
            return null;
        }
        if (_configuration.GetValue<bool>("Admin:IssueLink"))
            return await _link.IssueAsync(cancellationToken);
        LogNone(_logger);
        return null;
    }

    /// <exception cref="FirstAdminException">The address or the password is rejected.</exception>
    private async Task AddConfiguredAsync(string email, string password, CancellationToken cancellationToken)
    {
        try
        {
            var now = _time.GetUtcNow();
            if (await _registration.AddAsync("Administrator", email, password, Roles.Admin, now, cancellationToken) is null)
                LogTaken(_logger);
        }
        catch (InvalidInputException e)
        {
            var setting = e.Field == "email" ? "Admin:Email" : "Admin:Password";
            throw new FirstAdminException($"{setting} of the first administrator is invalid: {e.Message}", e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "There is no administrator. Set Admin__Email and Admin__Password and restart the service")]
    private static partial void LogNone(ILogger logger);

    [LoggerMessage(LogLevel.Critical, "{Reason} The service is stopping")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The first administrator was not created: the configured address already belongs to a user")]
    private static partial void LogTaken(ILogger logger);
}
