using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Identity;

/// <summary>Registers the stores of the console, for a host that has no other stores.</summary>
public static class ConsoleSessionExtensions
{
    /// <summary>Adds the stores of sessions and of the keys that encrypt them. The indexes are created by the services.</summary>
    public static IServiceCollection AddConsoleSessionStores(this IServiceCollection services)
    {
        MongoSerialization.Register();
        services.TryAddSingleton<ConsoleSessionStore>();
        services.TryAddSingleton<DataProtectionKeyStore>();
        return services;
    }
}
