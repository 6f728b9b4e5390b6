namespace MovieLms.Worker.Jobs;

/// <summary>Work that is due again and again. It must stand being run twice and being cut short.</summary>
internal interface IRecurringJob
{
    /// <summary>Names it in the schedule, in health and in the configuration (<c>Jobs:Cron:{name}</c>).</summary>
    string Name { get; }

    /// <summary>
    /// When it runs unless the configuration says otherwise: five fields, in the time zone <c>Jobs:TimeZone</c> (default UTC).
    /// </summary>
    string Cron { get; }

    /// <summary>A run that takes longer is taken for dead.</summary>
    TimeSpan MaxDuration { get; }

    /// <summary>Without a success for so long, health is degraded.</summary>
    TimeSpan LateAfter { get; }

    /// <summary>True for a job whose next turn is too far away to wait for after a failure.</summary>
    bool IsRepeatedAfterFailure => false;

    /// <summary>
    /// True for a job that looks every minute for work that another process may have left. Its runs have no span, so that an
    /// idle installation exports none; the work that it finds has spans of its own.
    /// </summary>
    bool IsSweep => false;

    Task RunAsync(CancellationToken cancellationToken);
}
