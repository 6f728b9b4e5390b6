using System.ComponentModel.DataAnnotations;
using Hangfire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.Worker.Jobs;

/// <summary>An access token that the browser is to keep for the dashboard.</summary>
public sealed record JobsSignInRequest([Required, MaxLength(ServiceDefaults.Access.AccessToken.MaxTextLength)] string AccessToken);

/// <summary>
/// Hangfire's dashboard at <c>/jobs</c>, for administrators: by bearer token, or for a browser by a cookie that only /jobs sees.
/// </summary>
internal static class JobsDashboard
{
    internal const string Path = "/jobs";

    internal static void MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(JobsPage.Path, JobsPage.Get).AllowAnonymous().WithName("jobsSignInPage").ExcludeFromDescription();
        routes.MapPost(JobsPage.Path, SignInAsync).AllowAnonymous().WithName("jobsSignIn").ExcludeFromDescription();
        RequestDelegate? dashboard = null;
        // Who may see it is decided below and not by a policy, so that a browser is sent to sign in and not shown a problem document.
        routes
            .Map(
                Path + "/{**page}",
                async context =>
                {
                    if (await context.RequestServices.GetRequiredService<JobsSignIn>().RefuseAsync(context) is { } refusal)
                    {
                        await refusal.ExecuteAsync(context);
                        return;
                    }
                    if (context.RequestServices.GetRequiredService<JobServer>().Storage is not { } storage)
                    {
                        context.Response.Headers.RetryAfter = "5";
                        await TypedResults
                            .Problem(
                                statusCode: StatusCodes.Status503ServiceUnavailable,
                                title: "Redis does not answer",
                                detail: "The schedule is kept there. Try again shortly."
                            )
                            .ExecuteAsync(context);
                        return;
                    }
                    dashboard ??= Build(routes.ServiceProvider, storage);
                    // A page that the dashboard does not have is a 404; with an endpoint, the end of a pipeline is an error.
                    context.SetEndpoint(null);
                    await dashboard(context);
                }
            )
            .AllowAnonymous()
            .WithName("jobs")
            .ExcludeFromDescription();
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
                AppPath = "/",
                DisplayStorageConnectionString = false,
            },
            storage
        );
        return app.Build();
    }

    private static Task<Results<NoContent, ProblemHttpResult>> SignInAsync(
        JobsSignInRequest request,
        HttpContext context,
        JobsSignIn signIn
    ) => signIn.SignInAsync(context, request.AccessToken);
}
