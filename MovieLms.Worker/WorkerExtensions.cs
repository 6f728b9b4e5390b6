using MovieLms.Application;
using MovieLms.Worker.Accounts;
using MovieLms.Worker.Cascades;
using MovieLms.Worker.Courses;
using MovieLms.Worker.Digests;
using MovieLms.Worker.Imports;
using MovieLms.Worker.Imports.Enrollments;
using MovieLms.Worker.Imports.Grades;
using MovieLms.Worker.Imports.Movies;
using MovieLms.Worker.Imports.Todos;
using MovieLms.Worker.Jobs;
using MovieLms.Worker.Jobs.History;
using MovieLms.Worker.Mail;
using MovieLms.Worker.Orders;
using MovieLms.Worker.Reviews;

namespace MovieLms.Worker;

/// <summary>Adds this service to a host: its own process, or Standalone together with the other services.</summary>
public static class WorkerExtensions
{
    /// <summary>Registers this service.</summary>
    public static IHostApplicationBuilder AddWorker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddApplication();
        builder.AddImportWork();
        builder.AddImportTargets();
        builder.AddCascadeWork();
        builder.AddMail();
        builder.AddJobs();
        builder.AddJobHistory();
        builder.AddRecurringJobs();
        return builder;
    }

    /// <summary>Maps this service's endpoints.</summary>
    public static WebApplication MapWorker(this WebApplication app)
    {
        app.MapJobs();
        app.MapJobHistory();
        return app;
    }

    private static void AddImportTargets(this IHostApplicationBuilder builder)
    {
        builder
            .Services.AddSingleton<MovieImportTarget>()
            .AddSingleton<IImportTarget>(services => services.GetRequiredService<MovieImportTarget>());
        builder.Services.AddSingleton<IImportTarget, TodoImportTarget>();
        builder.Services.AddSingleton<IImportTarget, EnrollmentImportTarget>();
        builder.Services.AddSingleton<IImportTarget, GradeImportTarget>();
    }

    private static void AddRecurringJobs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IRecurringJob, SweepImportsJob>();
        builder.Services.AddSingleton<IRecurringJob, SweepUploadsJob>();
        builder.Services.AddSingleton<IRecurringJob, SweepFilesJob>();
        builder.Services.AddSingleton<IRecurringJob, PurgeImportsJob>();
        builder.Services.AddSingleton<IRecurringJob, SweepOrdersJob>();
        builder.Services.AddSingleton<IRecurringJob, RepairSeatsJob>();
        builder.Services.AddSingleton<IRecurringJob, FinishAnnouncementsJob>();
        builder.Services.AddSingleton<IRecurringJob, DigestJob>();
        builder.Services.AddSingleton<IRecurringJob, RepairReviewsJob>();
        builder.Services.AddSingleton<IRecurringJob, EraseAccountsJob>();
    }
}
