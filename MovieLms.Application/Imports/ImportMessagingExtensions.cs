using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.ServiceDefaults.Jobs;

namespace MovieLms.Application.Imports;

/// <summary>Registers what the API and the workers share about imports besides the database.</summary>
public static class ImportMessagingExtensions
{
    /// <summary>Safe to call by each service of a host.</summary>
    public static IServiceCollection AddImportMessaging(this IServiceCollection services)
    {
        JobAllowList.Allow<IImportWakeUp>(nameof(IImportWakeUp.WakeUp));
        services.TryAddSingleton<StagedUploads>();
        services.TryAddSingleton<JobQueue>();
        services.TryAddSingleton<ImportSignals>();
        return services;
    }
}
