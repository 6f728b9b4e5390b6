using Hangfire;
using Microsoft.AspNetCore.Http.HttpResults;
using MongoDB.Bson;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.Data.Jobs;
using MovieLms.ServiceDefaults.Access;
using StackExchange.Redis;

namespace MovieLms.Worker.Jobs.History;

/// <summary>
/// The schedule and its history as JSON, for the console. It belongs to the worker, which has the schedule, and is part of <c>/jobs</c>,
/// so that the gateway and the console's session treat it like the dashboard.
/// </summary>
internal static class JobHistoryEndpoints
{
    internal const string Path = JobsDashboard.Path + "/api";
    private const int MaxIdLength = 100;

    internal static void AddJobHistory(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<JobHistory>();

    internal static void MapJobHistory(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup(Path).RequirePermission(Permissions.JobsManage).ExcludeFromDescription();
        jobs.MapGet("/recurring", ListAsync).WithName("listRecurringJobs");
        jobs.MapPost("/recurring/{name}/run", RunAsync).WithName("runJob").DisableAntiforgery();
        jobs.MapGet("/history", SearchAsync).WithName("searchJobs");
        jobs.MapGet("/history/{id}", FindAsync).WithName("getJobRun");
    }

    private static async Task<Ok<IReadOnlyList<RecurringJobResponse>>> ListAsync(
        RecurringJobs jobs,
        JobRunStore runs,
        NextRuns nextRuns,
        IConfiguration configuration,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var known = (await runs.ReadAsync(cancellationToken)).ToDictionary(run => run.Name);
        var next = await nextRuns.GetAsync();
        var (now, zone) = (time.GetUtcNow(), JobSchedule.GetTimeZone(configuration).Id);
        IReadOnlyList<RecurringJobResponse> found =
        [
            .. jobs
                .All.OrderBy(job => job.Name, StringComparer.Ordinal)
                .Select(job =>
                {
                    var run = known.GetValueOrDefault(job.Name);
                    return new RecurringJobResponse(
                        job.Name,
                        JobSchedule.GetCron(configuration, job),
                        zone,
                        next?.GetValueOrDefault(job.Name) is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null,
                        run?.StartedAt,
                        run?.EndedAt,
                        run?.SucceededAt,
                        run?.Error,
                        run?.Holder is not null && run.HeldUntil > now
                    );
                }),
        ];
        return TypedResults.Ok(found);
    }

    /// <summary>Enqueues a run as the schedule would, and records who asked for it.</summary>
    private static async Task<Results<Accepted, ProblemHttpResult>> RunAsync(
        string name,
        RecurringJobs jobs,
        ScheduleStorage schedule,
        AuditStore audit,
        HttpContext http
    )
    {
        if (jobs.All.All(job => job.Name != name))
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such job.");
        if (schedule.Storage is not { } storage)
            return Unavailable(http);
        try
        {
            await Task.Run(() => Trigger(jobs, storage, name), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return Unavailable(http);
        }
        await audit.AddAsync(
            new AuditEntry
            {
                Action = AuditEntry.JobRun,
                Succeeded = true,
                ActorId = ObjectId.TryParse(http.User.Id(), out var actor) ? actor : null,
                Address = http.Connection.RemoteIpAddress?.ToString(),
                Detail = name,
            },
            CancellationToken.None
        );
        return TypedResults.Accepted((string?)null);
    }

    private static void Trigger(RecurringJobs jobs, JobStorage storage, string name)
    {
        // Redis may have lost the schedule since the last registration.
        jobs.Register(storage);
        new RecurringJobManager(storage).TriggerJob(name);
    }

    private static async Task<Results<Ok<JobHistoryPage>, ProblemHttpResult>> SearchAsync(
        [AsParameters] JobHistoryQuery query,
        JobHistory history,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        query.Validate();
        try
        {
            return await history.SearchAsync(query, cancellationToken) is { } page ? TypedResults.Ok(page) : Unavailable(http);
        }
        catch (RedisException)
        {
            return Unavailable(http);
        }
    }

    private static async Task<Results<Ok<JobRunDetails>, ProblemHttpResult>> FindAsync(
        string id,
        JobHistory history,
        ScheduleStorage schedule,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (schedule.Storage is null)
            return Unavailable(http);
        try
        {
            return id.Length <= MaxIdLength && await history.FindAsync(id, cancellationToken) is { } run
                ? TypedResults.Ok(run)
                : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such run.");
        }
        catch (RedisException)
        {
            return Unavailable(http);
        }
    }

    private static ProblemHttpResult Unavailable(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "5";
        return TypedResults.Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Redis is unavailable",
            detail: "The job schedule is stored in Redis. Try again in a few seconds."
        );
    }
}
