using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>Registers the storage of cascades and what follows from them.</summary>
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
        services.AddStore<CascadeStore>().AddSingleton<CascadeDocuments>().AddSingleton<CascadePurge>();
    }
}
