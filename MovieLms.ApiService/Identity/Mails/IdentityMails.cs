using MovieLms.Application.Mail;

namespace MovieLms.ApiService.Identity.Mails;

/// <summary>The texts of the mail that accounts need.</summary>
internal static class IdentityMails
{
    internal static MailTemplate Verification(string username, string code, string url) =>
        new(
            "Your verification code",
            [
                $"Hello {username},",
                "type this code to show that this address is yours. It is good for ten minutes; the link below for a day, once.",
            ]
        )
        {
            Code = code,
            Button = ("Verify the address", url),
            Footnote = "If you have no account here, somebody has mistyped an address; you need do nothing.",
        };

    internal static MailTemplate Reset(string username, string url) =>
        new(
            "Set a new password",
            [$"Hello {username},", "somebody, probably you, has asked to set a new password. The link works once, for ten minutes."]
        )
        {
            Button = ("Set a new password", url),
            Footnote = "If it was not you, leave this mail alone: your password stays as it is.",
        };

    internal static MailTemplate Invitation(string username, string url) =>
        new(
            "You are invited to MovieLms",
            [$"Hello {username},", "an account was made for you. Choose a password to begin; the link works once, for three days."]
        )
        {
            Button = ("Choose a password", url),
        };

    internal static MailTemplate PasswordChanged(string username) =>
        new("Your password was changed", [$"Hello {username},", "your password has just been changed, and every session was ended."])
        {
            Footnote = "If it was not you, reset the password now and tell an administrator.",
        };

    internal static MailTemplate SecondStepChanged(string username, bool isOn) =>
        new(
            isOn ? "Two-step sign-in is on" : "Two-step sign-in is off",
            [$"Hello {username},", $"two-step sign-in was just turned {(isOn ? "on" : "off")} for your account."]
        )
        {
            Footnote = "If it was not you, reset the password now and tell an administrator.",
        };

    internal static MailTemplate SecondStepGuessed(string username) =>
        new(
            "Wrong codes at your sign-in",
            [
                $"Hello {username},",
                "your password was typed many times, each time followed by a wrong code. The next codes are checked only after a wait.",
            ]
        )
        {
            Footnote = "If it was not you, somebody knows your password: reset it now.",
        };

    internal static MailTemplate SecondStepRemoved(string username) =>
        new(
            "Two-step sign-in was removed",
            [$"Hello {username},", "an administrator has turned two-step sign-in off for your account, and every session was ended."]
        )
        {
            Footnote = "If you did not ask for it, reset the password now and tell an administrator.",
        };

    internal static MailTemplate ProviderLinked(string username, string provider) =>
        new("A new way to sign in", [$"Hello {username},", $"your account can now also be signed in to through {provider}."])
        {
            Footnote = "If it was not you, reset the password now and tell an administrator.",
        };

    internal static MailTemplate TakenOver(string username, string provider) =>
        new(
            "Your password was removed",
            [
                $"Hello {username},",
                $"you have signed in through {provider} to an account that was registered with your address earlier.",
                "Nobody had shown at a sign-in that the address is theirs. The earlier password and second step no longer work, and every session was ended.",
            ]
        )
        {
            Footnote = "To sign in with a password again, choose a new one with the link for forgotten passwords.",
        };
}
