using MovieLms.AppHost.Parameters;

namespace MovieLms.AppHost.Commands;

/// <summary>Commands that issue an access token or reset a password for a user.</summary>
internal static class AccountCommands
{
    private const string Email = "email";

    internal static void WithTokenCommand(this IResourceBuilder<ProjectResource> api, Administrator administrator) =>
        api.WithAccountCommand(
            administrator,
            "issue-token",
            "Issue an access token",
            "Starts a session for a user and shows its access token, to be used in an API client.",
            "Key",
            email => $"An access token for {email}, valid for 10 minutes."
        );

    internal static void WithPasswordCommand(this IResourceBuilder<ProjectResource> api, Administrator administrator) =>
        api.WithAccountCommand(
            administrator,
            "reset-password",
            "Reset a password",
            "Sets a new random password for a user, revokes all of the user's sessions and shows the password.",
            "LockClosedKey",
            email => $"The new password of {email}."
        );

    /// <summary>Adds a command that runs the maintenance command of the same name for a user and shows its output.</summary>
    private static void WithAccountCommand(
        this IResourceBuilder<ProjectResource> api,
        Administrator administrator,
        string name,
        string displayName,
        string description,
        string iconName,
        Func<string, string> describeResult
    ) =>
        api.WithCommand(
            name,
            displayName,
            description,
            iconName,
            [CreateEmailArgument()],
            async context =>
            {
                var email = await ReadEmailAsync(context, administrator);
                var result = await CommandProcess.RunAsync(api, [$"--{name}", email], context.Logger, context.CancellationToken);
                return CommandResults.Success(describeResult(email), result, CommandResultFormat.Text, displayImmediately: true);
            }
        );

    private static InteractionInput CreateEmailArgument() =>
        new()
        {
            Name = Email,
            Label = "E-mail address",
            InputType = InputType.Text,
            Required = false,
            MaxLength = 254,
            Description = "The user's e-mail address. Leave empty for the first administrator.",
        };

    private static async Task<string> ReadEmailAsync(ExecuteCommandContext context, Administrator administrator) =>
        context.Arguments.GetString(Email) is { Length: > 0 } email
            ? email.Trim()
            : (await administrator.Email.Resource.GetValueAsync(context.CancellationToken))!;
}
