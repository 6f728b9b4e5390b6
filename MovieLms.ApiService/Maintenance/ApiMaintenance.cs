using System.Buffers.Text;
using System.Security.Cryptography;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.ApiService.Identity.Contracts;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Application.Maintenance;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Maintenance;

/// <summary>The maintenance commands of the API: <c>--issue-token EMAIL</c> and <c>--reset-password EMAIL</c>.</summary>
public static class ApiMaintenance
{
    private const string SessionMethod = "operator";
    private const int PasswordBytes = 15;

    /// <summary>The commands that the API contributes.</summary>
    public static IReadOnlyList<MaintenanceCommand> Commands { get; } =
    [new("--issue-token", "EMAIL", IssueTokenAsync), new("--reset-password", "EMAIL", ResetPasswordAsync)];

    /// <summary>Starts a session for the user and returns its access token.</summary>
    private static async Task<string> IssueTokenAsync(IServiceProvider services, string email, CancellationToken cancellationToken)
    {
        var user = await FindUserAsync(services, email, cancellationToken);
        var sessions = services.GetRequiredService<Sessions>();
        var pair = await sessions.BeginAsync(user, SessionMethod, new DefaultHttpContext(), cancellationToken);
        return pair.AccessToken;
    }

    /// <summary>Sets a random password, ends all sessions of the user and returns the password.</summary>
    private static async Task<string> ResetPasswordAsync(IServiceProvider services, string email, CancellationToken cancellationToken)
    {
        var user = await FindUserAsync(services, email, cancellationToken);
        var password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));
        if (!await services.GetRequiredService<PasswordChanges>().SetAsync(user, password, cancellationToken))
            throw new MaintenanceException("another request changed the user at the same time; try again.");
        return password;
    }

    private static async Task<UserDocument> FindUserAsync(IServiceProvider services, string email, CancellationToken cancellationToken)
    {
        if (!MailAddress.TryNormalize(email, out var normalized))
            throw new MaintenanceException($"'{email}' is not an e-mail address.");
        return await services.GetRequiredService<UserStore>().FindByEmailAsync(normalized, cancellationToken) is { ArchivedAt: null } user
            ? user
            : throw new MaintenanceException("there is no active user with this e-mail address.");
    }
}
