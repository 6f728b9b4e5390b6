using MovieLms.Application.Live;
using MovieLms.Data.Chat;

namespace MovieLms.ApiService.Rooms;

/// <summary>The caller's rooms: few enough for one answer.</summary>
internal sealed record RoomsResponse(IReadOnlyList<RoomResponse> Items);

/// <summary>A room as one user sees it.</summary>
/// <param name="Name"><c>lobby</c>, <c>course:{id}</c> or <c>dm:{a}:{b}</c>.</param>
/// <param name="Title">The course's title, the other user's name, or <c>Lobby</c>, like the title that the hub returns.</param>
/// <param name="Unread">Messages of others since the caller's read mark, at most about 1,000.</param>
/// <param name="LastSequence">The number of the last message, 0 for none.</param>
/// <param name="ReadSequence">How far the caller has read.</param>
/// <param name="LastMessageAt">Null when nothing was written yet.</param>
internal sealed record RoomResponse(
    string Name,
    string Title,
    int Unread,
    long LastSequence,
    long ReadSequence,
    DateTimeOffset? LastMessageAt
)
{
    internal static RoomResponse From(RoomView room) =>
        new(room.Name, GetTitle(room), room.Unread, room.LastSequence, room.ReadSequence, room.LastMessageAt);

    private static string GetTitle(RoomView room) => room.Name == RoomNames.Lobby ? RoomNames.LobbyTitle : room.Title ?? room.Name;
}

/// <summary>Messages in ascending order; ask again with the number of the first or the last for more.</summary>
internal sealed record RoomMessagesResponse(IReadOnlyList<RoomMessageResponse> Items);

/// <summary>Who wrote a message.</summary>
internal sealed record MessageAuthor(string Id, string Name);

/// <summary>A message as the hub gives it too. One that was deleted, or hidden with its author, keeps only its number.</summary>
internal sealed record RoomMessageResponse(
    string Id,
    string Room,
    long Sequence,
    MessageAuthor? From,
    string? Text,
    DateTimeOffset SentAt,
    string? ClientMessageId,
    DateTimeOffset? EditedAt,
    bool Deleted
)
{
    internal static RoomMessageResponse Of(RoomDocument room, ChatMessageDocument message)
    {
        var isHidden = message.IsHidden(room);
        return new RoomMessageResponse(
            message.Id.ToString(),
            room.Name,
            message.Sequence,
            isHidden ? null : new MessageAuthor(message.UserId.ToString(), message.Username),
            isHidden ? null : message.Text,
            message.SentAt,
            isHidden ? null : message.ClientMessageId,
            message.EditedAt,
            isHidden
        );
    }
}
