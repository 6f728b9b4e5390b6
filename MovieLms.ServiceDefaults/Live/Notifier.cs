using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MongoDB.Bson;

namespace MovieLms.ServiceDefaults.Live;

/// <summary>Stores a notification for each of the users.</summary>
/// <returns>Those that were stored now; a user who has one of that key already is left out.</returns>
public delegate Task<IReadOnlyList<(ObjectId Id, ObjectId UserId, DateTimeOffset CreatedAt)>> NotificationWriter(
    IReadOnlyCollection<ObjectId> userIds,
    string kind,
    string title,
    string text,
    string? link,
    string? key,
    CancellationToken cancellationToken
);

/// <summary>Tells users something that must not be lost: stored first, then said to their open connections.</summary>
public sealed class Notifier(NotificationWriter write, LiveEvents live)
{
    /// <summary>Notifies users.</summary>
    /// <param name="userIds">Whom; a user named twice is told once when there is a key.</param>
    /// <param name="kind">What it is about: <c>grade</c>, <c>enrollment</c>, <c>announcement</c>, <c>order</c> …</param>
    /// <param name="title">One line.</param>
    /// <param name="text">A few sentences, plain text.</param>
    /// <param name="link">A path of this product, or null.</param>
    /// <param name="key">Unique a user: makes a repeat harmless. Null when it cannot be repeated.</param>
    /// <param name="cancellationToken">Stops before all are stored; those stored stay.</param>
    public async Task NotifyAsync(
        IReadOnlyCollection<ObjectId> userIds,
        string kind,
        string title,
        string text,
        string? link,
        string? key,
        CancellationToken cancellationToken
    )
    {
        foreach (var (id, userId, createdAt) in await write(userIds, kind, title, text, link, key, cancellationToken))
            await live.NotificationAsync(new NotificationMessage(id.ToString(), userId.ToString(), kind, title, text, link, createdAt));
    }
}

/// <summary>Registers the notifier.</summary>
public static class NotifierExtensions
{
    /// <summary>
    /// Where this host stores notifications; every service that sends some names the store, and a host that holds several counts once.
    /// </summary>
    public static IServiceCollection AddNotifier(this IServiceCollection services, Func<IServiceProvider, NotificationWriter> writer)
    {
        services.TryAddSingleton(writer);
        services.TryAddSingleton<Notifier>();
        return services;
    }
}
