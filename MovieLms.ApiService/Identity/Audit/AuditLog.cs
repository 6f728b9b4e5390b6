using System.Reflection;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Identity.Audit;

/// <summary>The actions in the audit log.</summary>
internal static class AuditActions
{
    internal const string Register = "register";
    internal const string FirstAdmin = "user.firstAdmin";
    internal const string Login = "login";
    internal const string SecondStep = "login.secondStep";
    internal const string SecondStepBlocked = "login.secondStepBlocked";
    internal const string Logout = "logout";
    internal const string SessionEnd = "session.end";
    internal const string RefreshReuse = "refresh.reuse";
    internal const string PasswordChange = "password.change";
    internal const string PasswordReset = "password.reset";
    internal const string TotpChange = "totp.change";
    internal const string ProviderLink = "provider.link";
    internal const string Verification = "verification";
    internal const string Invite = "user.invite";
    internal const string RoleChange = "user.role";
    internal const string Archive = "user.archive";
    internal const string Restore = "user.restore";
    internal const string EmailChange = "email.change";
    internal const string AccountDelete = "account.delete";
    internal const string AccountKeep = "account.keep";
    internal const string CourseOwner = "course.owner";
    internal const string MailRetry = "mail.retry";
    internal const string JobRun = AuditEntry.JobRun;
    internal const string Denied = "denied";

    /// <summary>All actions.</summary>
    internal static IReadOnlyList<string> All { get; } =
    [
        .. typeof(AuditActions)
            .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!),
    ];
}

/// <summary>Writes the audit log.</summary>
internal sealed class AuditLog(AuditStore store, IHttpContextAccessor accessor)
{
    private const int MaxDetailLength = 200;

    /// <summary>Records an action of the caller, successful or not.</summary>
    internal Task WriteAsync(string action, bool succeeded, ObjectId? userId, string? detail = null)
    {
        IdentityMetrics.CountAction(action, succeeded);
        var http = accessor.HttpContext;
        var actor = http?.User.FindFirst(CurrentUser.IdClaim)?.Value;
        return store.AddAsync(
            new AuditEntry
            {
                Action = action,
                Succeeded = succeeded,
                ActorId = ObjectId.TryParse(actor, out var actorId) ? actorId : null,
                UserId = userId,
                Address = http?.Connection.RemoteIpAddress?.ToString(),
                Detail = detail is { Length: > MaxDetailLength } ? detail[..MaxDetailLength] : detail,
            },
            // The action is recorded even if the client has disconnected.
            CancellationToken.None
        );
    }
}
