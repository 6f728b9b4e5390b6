using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Data.Relations;

/// <summary>Declares entities.</summary>
public static class RelationExtensions
{
    /// <summary>Declares a kind of document; once a name, so that hosts of several services may repeat it.</summary>
    public static IServiceCollection AddEntity(this IServiceCollection services, Entity entity) =>
        services.Any(service => service.ImplementationInstance is Entity known && known.Name == entity.Name)
            ? services
            : services.AddSingleton(entity);
}
