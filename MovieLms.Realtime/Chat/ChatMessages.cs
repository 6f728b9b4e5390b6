using MovieLms.Data.Chat;
using MovieLms.Realtime.Contracts;

namespace MovieLms.Realtime.Chat;

/// <summary>Converts stored messages to the form that clients receive.</summary>
internal static class ChatMessages
{
    internal static ChatMessage ToContract(string room, ChatMessageDocument message, bool hidden = false) =>
        new(
            message.Id.ToString(),
            room,
            message.Sequence,
            hidden ? null : new ChatUser(message.UserId.ToString(), message.Username),
            hidden ? null : message.Text,
            message.SentAt.UtcDateTime,
            hidden ? null : message.ClientMessageId,
            message.EditedAt?.UtcDateTime,
            hidden
        );

    internal static ChatMessage[] ToContract(RoomDocument room, IEnumerable<ChatMessageDocument> messages) =>
        [.. messages.Select(message => ToContract(room.Name, message, message.IsHidden(room)))];
}
