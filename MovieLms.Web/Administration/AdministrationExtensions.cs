using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Web.Access;

namespace MovieLms.Web.Administration;

/// <summary>Adds the pages for administrators.</summary>
internal static class AdministrationExtensions
{
    internal static void AddAdministration(this IServiceCollection services)
    {
        // The gateway registers the services behind it.
        services.TryAddSingleton(new OtherProcesses([]));
        services.AddScoped<JobsClient>();
        services.AddScoped<ServiceHealth>();
        services.AddScoped<ServiceSettings>();
        services.AddScoped<PeopleFinder>();
    }

    internal static void MapAdministration(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/admin/{list}.csv", ListDownload.GetAsync).WithName("adminCsv");
        pages.MapGet("/admin/imports/{id:length(24)}/report.pdf", ReportDocument.GetAsync).WithName("adminImportReport");
    }
}
