namespace MovieLms.ServiceDefaults.Maintenance;

/// <summary>
/// Work that an operator runs as a process of its own, with the settings of the service:
/// <c>dotnet MovieLms.ApiService.dll --issue-token student@example.org</c>.
/// </summary>
/// <param name="Option">The option that selects the command, such as <c>--issue-token</c>.</param>
/// <param name="ValueName">What the option's value is called in messages; null when the option takes none.</param>
/// <param name="RunAsync">Does the work and returns what is printed on standard output.</param>
public sealed record MaintenanceCommand(
    string Option,
    string? ValueName,
    Func<IServiceProvider, string, CancellationToken, Task<string>> RunAsync
);

/// <summary>Thrown by a maintenance command that cannot do its work. The message is one sentence for the operator.</summary>
public sealed class MaintenanceException(string message, Exception? innerException = null) : Exception(message, innerException);
