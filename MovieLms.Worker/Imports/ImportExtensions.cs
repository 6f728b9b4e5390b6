using MovieLms.Application.Work;
using MovieLms.Worker.Imports.Files;

namespace MovieLms.Worker.Imports;

/// <summary>Registers import work.</summary>
internal static class ImportExtensions
{
    internal static void AddImportWork(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<ImportOptions>(builder.Configuration.GetSection("Imports"));
        builder.Services.AddSingleton<ImportFiles>();
        builder.Services.AddSingleton<ImportRun>().AddSingleton<ImportAccess>();
        builder.Services.AddSingleton<ImportReporter>();
        builder.Services.AddWorkQueue<ImportProcessor>();
    }
}
