using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data;
using MovieLms.Data.Cascades;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Notifications;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Live;
using MovieLms.Worker.Cascades;
using MovieLms.Worker.Imports;
using MovieLms.Worker.Jobs;
using MovieLms.Worker.Mail;

namespace MovieLms.Worker;

/// <summary>Composes this service into a host: alone in its own process, or beside the others in Standalone.</summary>
public static class WorkerExtensions
{
    /// <summary>Registers what is only this service's own.</summary>
    public static IHostApplicationBuilder AddWorker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddMovieLmsData();
        builder.Services.AddRevocations(services => services.GetRequiredService<RevocationStore>().ReadAsync);
        builder.Services.AddNotifier(services => services.GetRequiredService<NotificationStore>().AddAllAsync);
        builder.Services.TryAddSingleton<RevocationAnnouncer>(services => services.GetRequiredService<RevocationFeed>().AnnounceAsync);
        builder.Services.TryAddSingleton<EnrollmentListener>(services =>
            student => services.GetRequiredService<JsonCache>().DropEnrollmentsOfAsync(student.ToString()).AsTask()
        );
        builder.Services.TryAddSingleton<CascadeListener>(services =>
            change =>
                services
                    .GetRequiredService<CascadeSignals>()
                    .ChangedAsync(change.Entity, [.. change.Ids.Select(id => id.ToString())], change.IsGone)
        );
        builder.AddImportWork();
        builder.AddCascadeWork();
        builder.AddMail();
        builder.AddJobs();
        return builder;
    }

    /// <summary>Maps this service's endpoints.</summary>
    public static WebApplication MapWorker(this WebApplication app)
    {
        app.MapJobs();
        return app;
    }
}
