using Microsoft.Extensions.Logging;
using MovieLms.Application.Caching;
using MovieLms.Application.Live;
using MovieLms.Data.Assignments;
using MovieLms.Data.Changes;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Favorites;
using MovieLms.Data.Identity;
using MovieLms.Data.Lectures;
using MovieLms.Data.Movies;
using MovieLms.Data.Orders;
using MovieLms.Data.Reviews;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.Application.Changes;

/// <summary>
/// Invalidates the cached responses that contain a changed document, and publishes the live events of the change. <see cref="Tags"/>
/// maps entities to cache tags; <see cref="PublishEventsAsync"/> maps changes to events.
/// </summary>
public sealed partial class ChangeFeed(
    JsonCache cache,
    DocumentCache movies,
    LiveEvents live,
    RevocationFeed revocations,
    ILogger<ChangeFeed> logger
) : IChangeSink
{
    /// <inheritdoc/>
    public async Task PublishAsync(Change change)
    {
        try
        {
            await InvalidateMoviesAsync(change);
            if (Tags(change) is { Length: > 0 } tags)
                await cache.InvalidateAsync(tags);
            await PublishEventsAsync(change);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLost(logger, e, change.Entity, change.Kind);
        }
    }

    /// <summary>Returns the cache tags that a change invalidates.</summary>
    internal static string[] Tags(Change change) =>
        change.Entity switch
        {
            MovieEntity.Name => [CacheKeys.Movies],
            ReviewEntity.Name => [CacheKeys.Movies, CacheKeys.Reviews],
            FavoriteEntity.Name => [CacheKeys.Favorites],
            OrderEntity.Name => [CacheKeys.Orders],
            TodoEntity.Name => ForOwners(change, CacheKeys.TodosTag),
            CourseEntity.Name => [CacheKeys.Enrollments, CacheKeys.Courses],
            LectureEntity.Name or AssignmentEntity.Name => [CacheKeys.Courses],
            // A cascade marks enrollments and submissions without reading their owners.
            EnrollmentEntity.Name => change.Owners.Count > 0 ? ForOwners(change, CacheKeys.EnrollmentsTag) : [CacheKeys.Enrollments],
            SubmissionEntity.Name => change.Owners.Count > 0 ? ForOwners(change, CacheKeys.SubmissionsTag) : [CacheKeys.Courses],
            // Lists of enrollments contain the student's name.
            IdentityEntities.User when change.Kind == ChangeKind.Written => ForIds(change, CacheKeys.EnrollmentsTag),
            IdentityEntities.User => ForIds(change, CacheKeys.TodosTag),
            _ => [],
        };

    private static string[] ForIds(Change change, Func<string, string> tag) => [.. change.Ids.Select(id => tag(id.ToString()))];

    private static string[] ForOwners(Change change, Func<string, string> tag) => [.. change.Owners.Select(owner => tag(owner.ToString()))];

    /// <summary>Invalidates the movies that a change affects. A review changes its movie's rating.</summary>
    private Task InvalidateMoviesAsync(Change change) =>
        change switch
        {
            { Entity: MovieEntity.Name } => movies.InvalidateAsync(change.Ids),
            { Payload: ReviewDocument review } => movies.InvalidateAsync([review.MovieId]),
            _ => Task.CompletedTask,
        };

    private async Task PublishEventsAsync(Change change)
    {
        switch (change)
        {
            case { Entity: CourseEntity.Name, Kind: ChangeKind.Removed }:
                foreach (var id in change.Ids)
                    await live.PublishRoomClosedAsync(RoomNames.Course(id.ToString()));
                break;
            case { Payload: OwnerChange transfer } when transfer.PreviousOwnerId != transfer.Course.OwnerId:
                await live.PublishAccessLostAsync(transfer.PreviousOwnerId.ToString(), RoomNames.Course(transfer.Course.Id.ToString()));
                break;
            case { Payload: EnrollmentDocument { Status: EnrollmentStatus.Withdrawn } left }:
                await live.PublishAccessLostAsync(left.StudentId.ToString(), RoomNames.Course(left.CourseId.ToString()));
                break;
            case { Payload: OrderDocument { Status: not OrderStatus.Pending } order }:
                await live.PublishOrderChangedAsync(order);
                break;
            case { Payload: TokenRevocation revocation }:
                await revocations.PublishAsync(revocation.Subject, revocation.Generation, revocation.Until);
                break;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A change of {Entity} ({Kind}) was not published. Cached responses are stale until they expire")]
    private static partial void LogLost(ILogger logger, Exception exception, string entity, ChangeKind kind);
}
