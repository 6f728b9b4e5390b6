using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;

namespace MovieLms.ApiService.Notifications;

/// <summary>What the caller has not read.</summary>
internal sealed record UnreadResponse(
    [property: Description("Notifications and messages together.")] int Total,
    [property: Description("Counted up to 1,000.")] int Notifications,
    [property: Description("Chat messages of others in all rooms together.")] int Messages,
    [property: Description("The rooms with unread messages.")] IReadOnlyList<UnreadRoomResponse> Rooms
);

/// <summary>A room with unread messages.</summary>
internal sealed record UnreadRoomResponse(
    [property: Description("`lobby`, `course:{id}` or `dm:{a}:{b}`.")] string Name,
    [property: Description("The course's title or the other user's name; null for the lobby.")] string? Title,
    [property: Description("Messages of others since the caller's read mark, counted up to about 1,000.")] int Messages
);

/// <summary>The caller's unread counts, for badges.</summary>
internal static class UnreadEndpoint
{
    private const int MaxNotifications = 1_000;

    internal static void MapUnread(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/unread", "Notifications")
            .MapGet("/", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithNoStore()
            .WithName("getUnread")
            .WithSummary("Get the caller's unread counts")
            .WithDescription("Unread notifications and unread chat messages per room, in one call.")
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static async Task<Ok<UnreadResponse>> GetAsync(
        ClaimsPrincipal caller,
        NotificationStore notifications,
        RoomLists rooms,
        CancellationToken cancellationToken
    )
    {
        var (counted, listed) = (
            notifications.CountUnreadAsync(caller.GetObjectId(), MaxNotifications, cancellationToken),
            rooms.ListAsync(caller.CourseAccess(), RoomNames.Lobby, course => RoomNames.Course(course.ToString()), cancellationToken)
        );
        await Task.WhenAll(counted, listed);
        var unread = (await listed).Where(room => room.Unread > 0).ToList();
        var (count, messages) = ((int)await counted, unread.Sum(room => room.Unread));
        return TypedResults.Ok(
            new UnreadResponse(
                count + messages,
                count,
                messages,
                [.. unread.Select(room => new UnreadRoomResponse(room.Name, room.Title, room.Unread))]
            )
        );
    }
}
