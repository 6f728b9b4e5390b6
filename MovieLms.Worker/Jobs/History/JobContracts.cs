namespace MovieLms.Worker.Jobs.History;

/// <summary>A recurring job and its last run.</summary>
/// <param name="Name">The name in the schedule.</param>
/// <param name="Cron">The schedule in force: a cron expression in the time zone.</param>
/// <param name="TimeZone">The IANA name of the time zone.</param>
/// <param name="NextRun">The time of the next run; null if the schedule is not available.</param>
/// <param name="StartedAt">When the current or last run started; null if there was none.</param>
/// <param name="EndedAt">When the last run ended.</param>
/// <param name="SucceededAt">The time of the last success.</param>
/// <param name="Error">The kind of failure of the last run; null if it succeeded.</param>
/// <param name="IsRunning">Whether a worker runs it now.</param>
internal sealed record RecurringJobResponse(
    string Name,
    string Cron,
    string TimeZone,
    DateTimeOffset? NextRun,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? SucceededAt,
    string? Error,
    bool IsRunning
);

/// <summary>A run in the history.</summary>
/// <param name="Id">The ID in the schedule.</param>
/// <param name="Name">The job's name; null if the record cannot be read.</param>
/// <param name="State">One of <see cref="JobHistoryQuery.States"/>.</param>
/// <param name="At">When it got into this state, or when a scheduled run is due.</param>
/// <param name="DurationSeconds">How long a successful run took.</param>
/// <param name="Error">The kind and message of the failure.</param>
internal sealed record JobRunResponse(string Id, string? Name, string State, DateTimeOffset? At, double? DurationSeconds, string? Error);

/// <summary>A page of the history.</summary>
/// <param name="Items">The runs, newest first.</param>
/// <param name="Total">The number of runs that match, among those that were searched.</param>
/// <param name="IsComplete">False if there are older runs that were not searched.</param>
internal sealed record JobHistoryPage(IReadOnlyList<JobRunResponse> Items, int Total, bool IsComplete);

/// <summary>A run with everything that happened to it.</summary>
/// <param name="Exception">The text of the last failure with its stack trace.</param>
/// <param name="Steps">The states, newest first.</param>
internal sealed record JobRunDetails(
    string Id,
    string? Name,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? ExpiresAt,
    string? Exception,
    IReadOnlyList<JobStep> Steps
);

/// <summary>A state that a run was in.</summary>
/// <param name="Reason">Why; null if unknown.</param>
internal sealed record JobStep(string State, DateTimeOffset At, string? Reason);
