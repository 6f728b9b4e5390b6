using MovieLms.ServiceDefaults.Imports;
using MovieLms.Worker.Imports.Enrollments;
using MovieLms.Worker.Imports.Files;
using MovieLms.Worker.Imports.Grades;
using MovieLms.Worker.Imports.Movies;
using MovieLms.Worker.Imports.Todos;

namespace MovieLms.Worker.Imports;

/// <summary>Registers the work on bulk uploads.</summary>
internal static class ImportExtensions
{
    internal static void AddImportWork(this IHostApplicationBuilder builder)
    {
        builder.Services.AddImportMessaging();
        builder.Services.Configure<ImportOptions>(builder.Configuration.GetSection("Imports"));
        builder.Services.AddSingleton<ImportFiles>();
        builder
            .Services.AddSingleton<MovieImportTarget>()
            .AddSingleton<IImportTarget>(services => services.GetRequiredService<MovieImportTarget>());
        builder.Services.AddSingleton<IImportTarget, TodoImportTarget>();
        builder.Services.AddSingleton<IImportTarget, EnrollmentImportTarget>();
        builder.Services.AddSingleton<IImportTarget, GradeImportTarget>();
        builder.Services.AddSingleton<ImportRun>().AddSingleton<ImportAccess>();
        builder.Services.AddSingleton<ImportReporter>();
        builder.Services.AddSingleton<ImportProcessor>();
        builder
            .Services.AddSingleton<ImportWakeUps>()
            .AddSingleton<IImportWakeUp>(services => services.GetRequiredService<ImportWakeUps>());
        builder.Services.AddHostedService<ImportRunner>();
    }
}
