namespace MovieLms.Application.Maintenance;

/// <summary>
/// A command that an operator runs in a separate process, with the settings of the service:
/// <c>dotnet MovieLms.ApiService.dll --issue-token student@example.org</c>.
/// </summary>
/// <param name="Option">The option that selects the command, such as <c>--issue-token</c>.</param>
/// <param name="ValueName">The name of the option's value in messages; null when the option takes no value.</param>
/// <param name="RunAsync">Runs the command and returns the text to print on standard output.</param>
public sealed record MaintenanceCommand(
    string Option,
    string? ValueName,
    Func<IServiceProvider, string, CancellationToken, Task<string>> RunAsync
);

/// <summary>Thrown by a maintenance command that fails. The message is one sentence for the operator.</summary>
public sealed class MaintenanceException(string message, Exception? innerException = null) : Exception(message, innerException);
