using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis.Profiling;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>
/// Turns StackExchange.Redis' own profiling into spans under the request that caused them. Names follow OpenTelemetry's
/// database conventions (https://opentelemetry.io/docs/specs/semconv/database/redis/); keys and values are never recorded.
/// </summary>
internal sealed class RedisTracing : BackgroundService
{
    internal const string SourceName = "MovieLms.Redis";
    private static readonly ActivitySource Source = new(SourceName);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<ActivityContext, ProfilingSession> _sessions = new();

    internal ProfilingSession? SessionOfCurrentActivity() =>
        Activity.Current is { IsAllDataRequested: true } activity
            ? _sessions.GetOrAdd(activity.Context, static _ => new ProfilingSession())
            : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(DrainInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Drain();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Drain();
        }
    }

    private void Drain()
    {
        foreach (var parent in _sessions.Keys)
        {
            if (!_sessions.TryRemove(parent, out var session)) continue;
            foreach (var command in session.FinishProfiling()) Record(parent, command);
        }
    }

    private static void Record(ActivityContext parent, IProfiledCommand command)
    {
        using var activity = Source.StartActivity(command.Command, ActivityKind.Client, parent, startTime: command.CommandCreated);
        if (activity is null) return;
        activity.SetTag("db.system.name", "redis");
        activity.SetTag("db.operation.name", command.Command);
        if (command.EndPoint?.ToString() is { } server) activity.SetTag("server.address", server);
        activity.SetEndTime(command.CommandCreated + command.ElapsedTime);
    }
}
