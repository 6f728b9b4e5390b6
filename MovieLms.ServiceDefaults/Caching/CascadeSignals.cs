using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Live;

namespace MovieLms.ServiceDefaults.Caching;

/// <summary>
/// Drops the caches that hold what an operation deleted, archived or restored, and closes live rooms. For what may be lost: it never
/// throws.
/// </summary>
public sealed partial class CascadeSignals(JsonCache cache, LiveEvents live, ILogger<CascadeSignals> logger)
{
    /// <summary>Some documents have gone or come back.</summary>
    /// <param name="entity">What kind they are, as the entities are declared.</param>
    /// <param name="ids">Which.</param>
    /// <param name="isGone">True when they were deleted or archived.</param>
    public async Task ChangedAsync(string entity, IReadOnlyCollection<string> ids, bool isGone)
    {
        try
        {
            switch (entity)
            {
                case "movie":
                    await cache.DropMoviesAsync();
                    break;
                case "review":
                    await cache.DropReviewsAsync();
                    break;
                case "favorite":
                    await cache.DropFavoritesAsync();
                    break;
                case "enrollment":
                    await cache.DropEnrollmentsAsync();
                    break;
                case "lecture" or "assignment" or "submission":
                    await cache.DropTeachingAsync();
                    break;
                case "course":
                    await cache.DropAsync([CacheKeys.Enrollments, CacheKeys.Teaching]);
                    if (!isGone)
                        break;
                    foreach (var id in ids)
                        await live.RoomClosedAsync(RoomNames.Course(id));
                    break;
                case "user":
                    foreach (var id in ids)
                        await cache.DropTodosAsync(id);
                    break;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUndropped(logger, entity, isGone, e);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "What is cached of {Entity} was not dropped after an operation (gone: {IsGone}); it expires by itself"
    )]
    private static partial void LogUndropped(ILogger logger, string entity, bool isGone, Exception exception);
}
