using System.Globalization;
using MovieLms.Application.Mail;

namespace MovieLms.ApiService.Identity.Mails;

/// <summary>The texts of account mails.</summary>
internal static class IdentityMails
{
    internal static MailTemplate Verification(string username, string code, string url) =>
        new(
            "Your verification code",
            [
                $"Hello {username},",
                "enter this code to verify your address. It is valid for ten minutes. The link below works once, for one day.",
            ]
        )
        {
            Code = code,
            Button = ("Verify the address", url),
            Footnote = "If you have no account here, someone mistyped their address. You can ignore this mail.",
        };

    internal static MailTemplate Reset(string username, string url) =>
        new(
            "Set a new password",
            [$"Hello {username},", "we received a request to reset your password. The link works once, for ten minutes."]
        )
        {
            Button = ("Set a new password", url),
            Footnote = "If you did not request this, ignore this mail. Your password stays unchanged.",
        };

    internal static MailTemplate Invitation(string username, string url) =>
        new(
            "You are invited to MovieLms",
            [$"Hello {username},", "an account was created for you. Choose a password to get started. The link works once, for three days."]
        )
        {
            Button = ("Choose a password", url),
        };

    internal static MailTemplate PasswordChanged(string username) =>
        new("Your password was changed", [$"Hello {username},", "your password was just changed, and all sessions were ended."])
        {
            Footnote = "If this was not you, reset your password now and contact an administrator.",
        };

    internal static MailTemplate EmailChangeRequested(string username, string newEmail, string url) =>
        new(
            "Confirm your new address",
            [
                $"Hello {username},",
                $"we received a request to change the address of your account to {newEmail}.",
                "The address changes when it is confirmed with the link below and with the link that was sent to the new address.",
                "The link works once, for one day. The same page lets you refuse the change.",
            ]
        )
        {
            Button = ("Confirm or refuse the change", url),
            Footnote = "If this was not you, refuse the change, reset your password and contact an administrator.",
        };

    internal static MailTemplate EmailChangeConfirmation(string username, string url) =>
        new(
            "Confirm your address",
            [$"Hello {username},", "please confirm that your account may use this address. The link works once, for one day."]
        )
        {
            Button = ("Confirm the address", url),
            Footnote = "If you have no account here, someone mistyped their address. You can ignore this mail.",
        };

    internal static MailTemplate EmailTaken() =>
        new(
            "Your address was entered for another account",
            ["Hello,", "someone wants to use this address for another account. It already belongs to yours, so nothing was changed."]
        )
        {
            Footnote = "If this was you, sign in to the account that has this address.",
        };

    internal static MailTemplate EmailChanged(string username) =>
        new("Your address was changed", [$"Hello {username},", "the address of your account was just changed. Other sessions were ended."])
        {
            Footnote = "If this was not you, contact an administrator.",
        };

    internal static MailTemplate DeletionScheduled(string username, DateTimeOffset dueAt, string url) =>
        new(
            "Your account will be deleted",
            [
                $"Hello {username},",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"your account was closed at your request. On {dueAt.UtcDateTime:d MMMM yyyy} its data is removed for good."
                ),
                "If you want to keep the account, use the link below before that day. Then sign in again.",
            ]
        )
        {
            Button = ("Keep the account", url),
            Footnote = "If this was not you, keep the account, reset your password and contact an administrator.",
        };

    internal static MailTemplate DeletionCanceled(string username) =>
        new("Your account is kept", [$"Hello {username},", "the deletion of your account was canceled. You can sign in again."])
        {
            Footnote = "If this was not you, reset your password now and contact an administrator.",
        };

    internal static MailTemplate SecondStepChanged(string username, bool isOn) =>
        new(
            isOn ? "Two-step sign-in is on" : "Two-step sign-in is off",
            [$"Hello {username},", $"two-step sign-in was just turned {(isOn ? "on" : "off")} for your account."]
        )
        {
            Footnote = "If this was not you, reset your password now and contact an administrator.",
        };

    internal static MailTemplate SecondStepGuessed(string username) =>
        new(
            "Wrong codes for your sign-in",
            [
                $"Hello {username},",
                "someone entered your password many times, each time with a wrong code. Further codes are accepted only after a delay.",
            ]
        )
        {
            Footnote = "If this was not you, someone knows your password. Reset it now.",
        };

    internal static MailTemplate SecondStepRemoved(string username) =>
        new(
            "Two-step sign-in was removed",
            [$"Hello {username},", "an administrator turned off two-step sign-in for your account, and all sessions were ended."]
        )
        {
            Footnote = "If you did not ask for this, reset your password now and contact an administrator.",
        };

    internal static MailTemplate ProviderLinked(string username, string provider) =>
        new("A new way to sign in", [$"Hello {username},", $"you can now also sign in to your account with {provider}."])
        {
            Footnote = "If this was not you, reset your password now and contact an administrator.",
        };

    internal static MailTemplate TakenOver(string username, string provider) =>
        new(
            "Your password was removed",
            [
                $"Hello {username},",
                $"you signed in with {provider} to an account that was registered with your address earlier.",
                "The owner of the address had never verified it. The earlier password and second step no longer work.",
                "All sessions were ended.",
            ]
        )
        {
            Footnote = "To sign in with a password again, request a password reset.",
        };
}
