using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.Application.Access;
using MovieLms.Application.Announcements;
using MovieLms.Application.Cascades;
using MovieLms.Application.Changes;
using MovieLms.Application.Imports;
using MovieLms.Application.Live;
using MovieLms.Application.Mail;
using MovieLms.Application.Orders;
using MovieLms.Application.Work;
using MovieLms.Data;
using MovieLms.Data.Changes;
using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.Application;

/// <summary>Registers the stores and use cases that the services share.</summary>
public static class ApplicationExtensions
{
    /// <summary>Adds the stores and the use cases. Every service of a host may call it.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddPermissions();
        services.AddMovieLmsData();
        services.AddRevocations(provider => provider.GetRequiredService<RevocationStore>().ReadAsync);
        services.TryAddSingleton<LiveEvents>();
        services.AddDocumentCache(MovieEntity.Name);
        services.TryAddSingleton<IChangeSink, ChangeFeed>();
        services.AddCascadeOperations();
        services.TryAddSingleton<Notifier>();
        services.TryAddSingleton<PageLinks>();
        services.AddSeller();
        services.TryAddSingleton<OrderEffects>();
        services.TryAddSingleton<AnnouncementDelivery>();
        services.TryAddSingleton<WakeUps>();
        services.TryAddSingleton<StagedUploads>();
        services.TryAddSingleton<ImportSignals>();
        return services;
    }
}
