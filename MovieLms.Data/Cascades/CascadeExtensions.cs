using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>Registers the storage of cascades and their effects.</summary>
public static class CascadeExtensions
{
    /// <summary>Adds an effect that runs when documents of one entity are deleted, archived or restored.</summary>
    public static IServiceCollection AddCascadeEffect<TEffect>(this IServiceCollection services)
        where TEffect : class, ICascadeEffect
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICascadeEffect, TEffect>());
        return services;
    }

    internal static void AddCascades(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => CascadeOptions.From(provider.GetService<IConfiguration>()));
        services.AddStore<CascadeStore>().AddSingleton<CascadeDocuments>().AddSingleton<CascadePurge>();
    }
}
