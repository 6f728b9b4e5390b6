using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Data.Storage;

/// <summary>Registers stores.</summary>
internal static class StoreExtensions
{
    /// <summary>Registers a store as its own type, and as <see cref="IIndexedStore"/> so that its indexes are created.</summary>
    internal static IServiceCollection AddStore<TStore>(this IServiceCollection services)
        where TStore : class, IIndexedStore =>
        services.AddSingleton<TStore>().AddSingleton<IIndexedStore>(provider => provider.GetRequiredService<TStore>());
}
