namespace MovieLms.Worker.Jobs;

/// <summary>When recurring jobs run, as the configuration says it.</summary>
internal static class JobSchedule
{
    /// <summary>The zone in which cron expressions are meant (<c>Jobs:TimeZone</c>, an Olson name, default UTC).</summary>
    /// <exception cref="TimeZoneNotFoundException">There is no such zone.</exception>
    internal static TimeZoneInfo Zone(IConfiguration configuration) =>
        TimeZoneInfo.FindSystemTimeZoneById(configuration["Jobs:TimeZone"] ?? "UTC");

    /// <summary>A job's cron expression: <c>Jobs:Cron:{name}</c>, else its own.</summary>
    internal static string Cron(IConfiguration configuration, IRecurringJob job) => configuration[$"Jobs:Cron:{job.Name}"] ?? job.Cron;
}
