using System.Buffers.Text;
using System.Security.Cryptography;
using MovieLms.Data;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The admin that a new installation begins with.</summary>
/// <param name="Email">What to sign in with.</param>
/// <param name="Password">Null when it came from the configuration: whoever set it knows it.</param>
public sealed record AdminCredentials(string Email, string? Password);

/// <summary>The configured first administrator was refused. The message is one sentence for the operator.</summary>
public sealed class FirstAdminException(string message, Exception innerException) : Exception(message, innerException);

/// <summary>
/// Makes the first admin of an empty installation: from <c>Admin:Email</c> and <c>Admin:Password</c>, or, when
/// <c>Admin:MakeUp</c> is true (Standalone), one with a password drawn at random, which is handed out once and kept nowhere.
/// </summary>
public sealed partial class FirstAdmin : BackgroundService
{
    private const string MadeUpEmail = "admin@movielms.local";
    private const int PasswordBytes = 15;
    private readonly DatabaseInitializer _database;
    private readonly UserStore _users;
    private readonly Registration _registration;
    private readonly IConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<FirstAdmin> _logger;
    private readonly TaskCompletionSource<AdminCredentials?> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal FirstAdmin(
        DatabaseInitializer database,
        UserStore users,
        Registration registration,
        IConfiguration configuration,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<FirstAdmin> logger
    ) =>
        (_database, _users, _registration, _configuration, _time, _lifetime, _logger) = (
            database,
            users,
            registration,
            configuration,
            time,
            lifetime,
            logger
        );

    /// <summary>
    /// Completes when it is settled whether an admin had to be made; null when there was one, or none is configured. Fails with a
    /// <see cref="FirstAdminException"/> when the configured one is refused.
    /// </summary>
    public Task<AdminCredentials?> Made => _made.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _database.Ready.WaitAsync(stoppingToken);
            _made.TrySetResult(await MakeAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _made.TrySetCanceled(stoppingToken);
        }
        catch (FirstAdminException e)
        {
            _made.TrySetException(e);
            LogRefused(_logger, e.Message);
            Environment.ExitCode = 1;
            // A stop during the start would look like a failure of the host.
            _lifetime.ApplicationStarted.Register(_lifetime.StopApplication);
        }
        catch (Exception e)
        {
            _made.TrySetException(e);
            throw;
        }
    }

    private async Task<AdminCredentials?> MakeAsync(CancellationToken cancellationToken)
    {
        if (await _users.AnyWithRoleAsync(Roles.Admin, cancellationToken))
            return null;
        if (_configuration["Admin:Email"] is { Length: > 0 } email && _configuration["Admin:Password"] is { Length: > 0 } password)
            return await AddConfiguredAsync(email, password, cancellationToken) ? new AdminCredentials(email, null) : null;
        if (!_configuration.GetValue<bool>("Admin:MakeUp"))
        {
            LogNone(_logger);
            return null;
        }
        var madeUp = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));
        return await AddAsync(MadeUpEmail, madeUp, cancellationToken) ? new AdminCredentials(MadeUpEmail, madeUp) : null;
    }

    /// <exception cref="FirstAdminException">The address or the password is refused.</exception>
    private async Task<bool> AddConfiguredAsync(string email, string password, CancellationToken cancellationToken)
    {
        try
        {
            return await AddAsync(email, password, cancellationToken);
        }
        catch (InvalidInputException e)
        {
            var setting = e.Field == "email" ? "Admin:Email" : "Admin:Password";
            throw new FirstAdminException($"{setting} of the first administrator is refused: {e.Message}", e);
        }
    }

    private async Task<bool> AddAsync(string email, string password, CancellationToken cancellationToken)
    {
        if (await _registration.AddAsync("Administrator", email, password, Roles.Admin, _time.GetUtcNow(), cancellationToken) is not null)
            return true;
        LogTaken(_logger);
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "There is no admin yet. Set Admin__Email and Admin__Password and start again")]
    private static partial void LogNone(ILogger logger);

    [LoggerMessage(LogLevel.Critical, "{Reason} The service stops")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The first admin was not made: the configured address belongs to a user already")]
    private static partial void LogTaken(ILogger logger);
}
