using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Cascades;

/// <summary>Registers deletion, archiving and restoring of whatever is declared.</summary>
public static class CascadeExtensions
{
    /// <summary>Adds what follows when documents of one kind are deleted, archived or restored.</summary>
    public static IServiceCollection AddCascadeEffect<TEffect>(this IServiceCollection services)
        where TEffect : class, ICascadeEffect
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICascadeEffect, TEffect>());
        return services;
    }

    internal static void AddCascades(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => CascadeOptions.From(provider.GetService<IConfiguration>()));
        services.AddStore<CascadeStore>().AddSingleton<CascadeDocuments>().AddSingleton<CascadeRunner>();
        services.AddSingleton(provider => new CascadeOperations(
            provider.GetRequiredService<CascadeStore>(),
            provider.GetRequiredService<CascadeDocuments>(),
            provider.GetRequiredService<CascadeRunner>(),
            provider.GetRequiredService<EntityModel>(),
            provider.GetRequiredService<CascadeOptions>()
        ));
        services.AddSingleton<CascadePurge>();
    }
}
