using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;

namespace MovieLms.Application.Cascades;

/// <summary>Registers deletion, archiving and restoring of every declared entity.</summary>
internal static class CascadeExtensions
{
    internal static void AddCascadeOperations(this IServiceCollection services)
    {
        services.TryAddSingleton<CascadeRunner>();
        services.TryAddSingleton(provider => new CascadeOperations(
            provider.GetRequiredService<CascadeStore>(),
            provider.GetRequiredService<CascadeDocuments>(),
            provider.GetRequiredService<CascadeRunner>(),
            provider.GetRequiredService<EntityModel>(),
            provider.GetRequiredService<CascadeOptions>()
        ));
    }
}
