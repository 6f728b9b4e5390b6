using MovieLms.Data;
using MovieLms.Data.Identity;
using MovieLms.Data.Notifications;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Live;
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
        builder.AddImportWork();
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
