using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Data.Relations;

/// <summary>Registers entities.</summary>
public static class RelationExtensions
{
    /// <summary>Registers an entity once per name, so that a host of several services can repeat the call.</summary>
    public static IServiceCollection AddEntity(this IServiceCollection services, Entity entity) =>
        services.Any(service => service.ImplementationInstance is Entity known && known.Name == entity.Name)
            ? services
            : services.AddSingleton(entity);
}
