using System.Buffers.Text;
using System.Security.Cryptography;
using MovieLms.Data;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The first administrator of a new installation.</summary>
/// <param name="Email">The address to sign in with.</param>
/// <param name="Password">The generated password, or null if the configuration provided it.</param>
public sealed record AdminCredentials(string Email, string? Password);

/// <summary>The configured first administrator was rejected. The message is one sentence for the operator.</summary>
public sealed class FirstAdminException(string message, Exception innerException) : Exception(message, innerException);

/// <summary>
/// Creates the first administrator of an empty installation from <c>Admin:Email</c> and <c>Admin:Password</c>. If <c>Admin:MakeUp</c> is
/// true (Standalone), generates a random password instead, which is shown once and not stored.
/// </summary>
public sealed partial class FirstAdmin : BackgroundService
{
    private const string GeneratedEmail = "admin@movielms.local";
    private const int PasswordBytes = 15;
    private readonly DatabaseInitializer _database;
    private readonly UserStore _users;
    private readonly Registration _registration;
    private readonly IConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<FirstAdmin> _logger;
    private readonly TaskCompletionSource<AdminCredentials?> _created = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
    /// Completes with the created administrator, or with null if one already exists or none is configured. Fails with a
    /// <see cref="FirstAdminException"/> if the configured one is rejected.
    /// </summary>
    public Task<AdminCredentials?> Created => _created.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _database.Ready.WaitAsync(stoppingToken);
            _created.TrySetResult(await CreateAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _created.TrySetCanceled(stoppingToken);
        }
        catch (FirstAdminException e)
        {
            _created.TrySetException(e);
            LogRefused(_logger, e.Message);
            Environment.ExitCode = 1;
            // Stopping during startup would look like a failure of the host.
            _lifetime.ApplicationStarted.Register(_lifetime.StopApplication);
        }
        catch (Exception e)
        {
            _created.TrySetException(e);
            throw;
        }
    }

    private async Task<AdminCredentials?> CreateAsync(CancellationToken cancellationToken)
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
        var generated = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));
        return await AddAsync(GeneratedEmail, generated, cancellationToken) ? new AdminCredentials(GeneratedEmail, generated) : null;
    }

    /// <exception cref="FirstAdminException">The address or the password is rejected.</exception>
    private async Task<bool> AddConfiguredAsync(string email, string password, CancellationToken cancellationToken)
    {
        try
        {
            return await AddAsync(email, password, cancellationToken);
        }
        catch (InvalidInputException e)
        {
            var setting = e.Field == "email" ? "Admin:Email" : "Admin:Password";
            throw new FirstAdminException($"{setting} of the first administrator is invalid: {e.Message}", e);
        }
    }

    private async Task<bool> AddAsync(string email, string password, CancellationToken cancellationToken)
    {
        if (await _registration.AddAsync("Administrator", email, password, Roles.Admin, _time.GetUtcNow(), cancellationToken) is not null)
            return true;
        LogTaken(_logger);
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "There is no administrator. Set Admin__Email and Admin__Password and restart the service")]
    private static partial void LogNone(ILogger logger);

    [LoggerMessage(LogLevel.Critical, "{Reason} The service is stopping")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The first administrator was not created: the configured address already belongs to a user")]
    private static partial void LogTaken(ILogger logger);
}
