using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Data.Storage;

/// <summary>Registers stores.</summary>
internal static class StoreExtensions
{
    /// <summary>Adds a store under its own type, and under <see cref="IIndexedStore"/> so that its indexes are created.</summary>
    internal static IServiceCollection AddStore<TStore>(this IServiceCollection services)
        where TStore : class, IIndexedStore =>
        services.AddSingleton<TStore>().AddSingleton<IIndexedStore>(provider => provider.GetRequiredService<TStore>());
}
