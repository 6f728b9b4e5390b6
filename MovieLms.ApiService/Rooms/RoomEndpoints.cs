using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Rooms;

/// <summary>
/// Chat rooms for clients without an open connection: the list of rooms with unread counts, and messages. The hub accepts new messages.
/// </summary>
internal static class RoomEndpoints
{
    private const int DefaultMessages = 50;

    internal static void MapRooms(this IEndpointRouteBuilder routes)
    {
        var rooms = routes.MapArea("/api/rooms", "Chat").RequirePermission(Permissions.SignedIn).WithCompression();
        rooms
            .MapGet("/", ListAsync)
            .WithName("listRooms")
            .WithSummary("List the caller's rooms")
            .WithDescription("The lobby, the rooms of the caller's courses and direct messages, with the number of unread messages.")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        rooms.MapPeople();
        rooms
            .MapGet("/{room}/messages", ListMessagesAsync)
            .WithName("listRoomMessages")
            .WithSummary("List messages of a room")
            .WithDescription("In ascending order: the newest, or those before or after a sequence number.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<RoomsResponse>> ListAsync(
        ClaimsPrincipal caller,
        HttpContext http,
        RoomLists lists,
        CancellationToken cancellationToken
    )
    {
        var rooms = await lists.ListAsync(
            caller.CourseAccess(),
            RoomNames.Lobby,
            course => RoomNames.Course(course.ToString()),
            cancellationToken
        );
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new RoomsResponse([.. rooms.Select(RoomResponse.From)]));
    }

    private static async Task<Results<Ok<RoomMessagesResponse>, ProblemHttpResult>> ListMessagesAsync(
        [Description("The room's name: lobby, course:{id} or dm:{a}:{b}")] string room,
        [FromQuery(Name = "before"), Description("Only messages with a smaller number.")] long? before,
        [FromQuery(Name = "after"), Description("Only messages with a greater number; not together with before.")] long? after,
        [FromQuery(Name = "limit"), Description("How many messages at most, 1 to 100; 50 by default.")] int? limit,
        ClaimsPrincipal caller,
        HttpContext http,
        RoomAccess access,
        DirectRoomAccess direct,
        RoomStore rooms,
        ChatMessageStore messages,
        CancellationToken cancellationToken
    )
    {
        var size = QueryValues.RequireInRange("limit", limit ?? DefaultMessages, 1, ChatLimits.Page);
        if (before is not null && after is not null)
            throw new InvalidInputException("after", "The parameter cannot be combined with `before`.");
        if (!RoomNames.TryParse(room, out var name) || !(await GetRightsAsync(name, caller, access, direct, cancellationToken)).MayRead)
            return Problems.NotFound("room");
        http.Response.Headers.CacheControl = "no-store";
        // A room is stored with its first message.
        if (await rooms.FindAsync(room, cancellationToken) is not { } stored)
            return TypedResults.Ok(new RoomMessagesResponse([]));
        var found = after is { } last
            ? await messages.ListAfterAsync(stored.Id, last, size, cancellationToken)
            : await messages.ListBeforeAsync(stored.Id, before, size, cancellationToken);
        return TypedResults.Ok(new RoomMessagesResponse([.. found.Select(message => RoomMessageResponse.Of(stored, message))]));
    }

    private static async Task<RoomRights> GetRightsAsync(
        RoomName room,
        ClaimsPrincipal caller,
        RoomAccess access,
        DirectRoomAccess direct,
        CancellationToken cancellationToken
    ) =>
        room.Kind switch
        {
            RoomKind.Course => await access.GetCourseRightsAsync(ObjectId.Parse(room.First), caller.CourseAccess(), cancellationToken),
            RoomKind.Direct => await direct.GetAsync(
                caller.GetObjectId(),
                ObjectId.Parse(room.First),
                ObjectId.Parse(room.Second),
                cancellationToken
            ),
            _ => RoomAccess.GetLobbyRights(caller.Can(Permissions.ChatModerate)),
        };
}
