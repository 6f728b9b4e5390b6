using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MovieLms.Application.Work;

/// <summary>Registers work queues.</summary>
public static class WorkExtensions
{
    /// <summary>Adds a queue and the service that processes it.</summary>
    public static IServiceCollection AddWorkQueue<TQueue>(this IServiceCollection services)
        where TQueue : class, IWorkQueue
    {
        services.TryAddSingleton<TQueue>();
        return services.AddHostedService<PollingService<TQueue>>();
    }
}
