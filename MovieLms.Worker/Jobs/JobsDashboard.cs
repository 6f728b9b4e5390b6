using Hangfire;
using Hangfire.Dashboard;

namespace MovieLms.Worker.Jobs;

/// <summary>Maps Hangfire's dashboard at <c>/jobs</c> for administrators.</summary>
internal static class JobsDashboard
{
    internal const string Path = "/jobs";
    private const string StyleSheet = "dashboard.css";

    internal static void MapJobs(this IEndpointRouteBuilder routes)
    {
        RequestDelegate? dashboard = null;
        // Authorized below instead of by a policy, so that a browser is redirected to the sign-in page and not shown a problem document.
        routes
            .Map(
                Path + "/{**page}",
                async context =>
                {
                    if (JobsAccess.GetRejection(context) is { } rejection)
                    {
                        await rejection.ExecuteAsync(context);
                        return;
                    }
                    if (context.RequestServices.GetRequiredService<JobServer>().Storage is not { } storage)
                    {
                        context.Response.Headers.RetryAfter = "5";
                        await TypedResults
                            .Problem(
                                statusCode: StatusCodes.Status503ServiceUnavailable,
                                title: "Redis is unavailable",
                                detail: "The job schedule is stored in Redis. Try again in a few seconds."
                            )
                            .ExecuteAsync(context);
                        return;
                    }
                    dashboard ??= Build(routes.ServiceProvider, storage);
                    // Without this, a page that the dashboard does not have is an error instead of a 404: a request that has an endpoint
                    // must not reach the end of the pipeline.
                    context.SetEndpoint(null);
                    await dashboard(context);
                }
            )
            .AllowAnonymous()
            .WithName("jobs")
            .ExcludeFromDescription();
    }

    /// <summary>Adds the style sheet once per process, because Hangfire has one list. It follows Hangfire's own, light and dark.</summary>
    static JobsDashboard()
    {
        DashboardRoutes.AddStylesheet(typeof(JobsDashboard).Assembly, StyleSheet);
        DashboardRoutes.AddStylesheetDarkMode(typeof(JobsDashboard).Assembly, StyleSheet);
    }

    private static RequestDelegate Build(IServiceProvider services, JobStorage storage)
    {
        var app = new ApplicationBuilder(services);
        app.UseHangfireDashboard(
            Path,
            new DashboardOptions
            {
                Authorization = [],
                DashboardTitle = "MovieLms jobs",
                AppPath = "/admin/jobs",
                DisplayStorageConnectionString = false,
                // A browser's requests have an access token only if they come from a page of this origin (SessionToBearer).
                IgnoreAntiforgeryToken = true,
            },
            storage
        );
        return app.Build();
    }
}
