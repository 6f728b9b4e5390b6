using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data.Cascades;
using MovieLms.Data.Relations;

namespace MovieLms.Application.Cascades;

/// <summary>Registers the services that delete, archive and restore documents.</summary>
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
