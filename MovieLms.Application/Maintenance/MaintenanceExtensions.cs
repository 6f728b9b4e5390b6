using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using MongoDB.Driver;
using StackExchange.Redis;

namespace MovieLms.Application.Maintenance;

/// <summary>Runs a service, or one of its maintenance commands if the command line selects one.</summary>
public static class MaintenanceExtensions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Sends log messages to standard error if a command runs, so that standard output holds only its result.</summary>
    public static void AddMaintenance(this IHostApplicationBuilder builder, string[] args, IReadOnlyList<MaintenanceCommand> commands)
    {
        if (Find(args, commands) is null)
            return;
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
    }

    /// <summary>Runs the command that <paramref name="args"/> select, without starting the service; otherwise runs the service.</summary>
    /// <returns>The exit code: 0, or 1 after an error message.</returns>
    public static async Task<int> RunAsync(this WebApplication app, string[] args, IReadOnlyList<MaintenanceCommand> commands)
    {
        if (Find(args, commands) is not { } command)
        {
            await app.RunAsync();
            // A service with an unusable configuration sets the exit code before it stops.
            return Environment.ExitCode;
        }
        await using var services = app;
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            var result = await command.RunAsync(app.Services, ReadValue(args, command), timeout.Token);
            await Console.Out.WriteLineAsync(result);
            return 0;
        }
        catch (Exception e)
            when (e is MaintenanceException or MongoException or RedisException or TimeoutException or OperationCanceledException)
        {
            var reason = e is MaintenanceException ? e.Message : $"a backing service did not respond ({e.GetType().Name}).";
            await Console.Error.WriteLineAsync($"{command.Option} failed: {reason}");
            return 1;
        }
    }

    private static MaintenanceCommand? Find(string[] args, IReadOnlyList<MaintenanceCommand> commands) =>
        commands.FirstOrDefault(command => args.Contains(command.Option, StringComparer.Ordinal));

    private static string ReadValue(string[] args, MaintenanceCommand command)
    {
        if (command.ValueName is null)
            return string.Empty;
        var value = args.ElementAtOrDefault(Array.IndexOf(args, command.Option) + 1);
        return value is { Length: > 0 } && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new MaintenanceException($"the option requires a value: {command.Option} {command.ValueName}.");
    }
}
