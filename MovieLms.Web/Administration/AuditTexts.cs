namespace MovieLms.Web.Administration;

/// <summary>What the actions of the audit log mean.</summary>
internal static class AuditTexts
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["register"] = "Registration",
        ["user.firstAdmin"] = "First administrator",
        ["login"] = "Sign-in",
        ["login.secondStep"] = "Second step of a sign-in",
        ["login.secondStepBlocked"] = "Second step blocked",
        ["logout"] = "Sign-out",
        ["session.end"] = "Session ended",
        ["refresh.reuse"] = "Stolen session detected",
        ["password.change"] = "Password changed",
        ["password.reset"] = "Password reset",
        ["totp.change"] = "Second step changed",
        ["provider.link"] = "Sign-in provider linked",
        ["verification"] = "Address verified",
        ["user.invite"] = "Invitation",
        ["user.role"] = "Role changed",
        ["user.archive"] = "User archived",
        ["user.restore"] = "User restored",
        ["email.change"] = "E-mail address changed",
        ["account.delete"] = "Account closed",
        ["account.keep"] = "Account kept",
        ["course.owner"] = "Owner of a course changed",
        ["mail.retry"] = "Mail retried",
        ["job.run"] = "Job started",
        ["denied"] = "Denied request",
    };

    /// <summary>Returns the name for people.</summary>
    internal static string Of(string action) => Names.GetValueOrDefault(action, action);
}
