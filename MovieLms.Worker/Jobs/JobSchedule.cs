namespace MovieLms.Worker.Jobs;

/// <summary>Reads the schedule of recurring jobs from the configuration.</summary>
internal static class JobSchedule
{
    /// <summary>Returns the time zone of the cron expressions (<c>Jobs:TimeZone</c>, an IANA name, default UTC).</summary>
    /// <exception cref="TimeZoneNotFoundException">The time zone does not exist.</exception>
    internal static TimeZoneInfo GetTimeZone(IConfiguration configuration) =>
        TimeZoneInfo.FindSystemTimeZoneById(configuration["Jobs:TimeZone"] ?? "UTC");

    /// <summary>Returns a job's cron expression: <c>Jobs:Cron:{name}</c> if set, otherwise the job's default.</summary>
    internal static string GetCron(IConfiguration configuration, IRecurringJob job) => configuration[$"Jobs:Cron:{job.Name}"] ?? job.Cron;
}
