using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using MongoDB.Bson;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Data.Notifications;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Enforcement;
using MovieLms.Realtime.Presence;
using MovieLms.Realtime.Relay;

namespace MovieLms.Realtime.Hubs;

/// <summary>
/// The chat hub at <c>/hubs/chat</c>. The caller is the token's user, whose rights in a room are read from the database on every
/// call. <see cref="CallLimits"/> runs before every method; each method then checks its own limit before it queries anything.
/// Lists are returned as arrays because MessagePack serializes a value by its runtime type, not by the declared one.
/// </summary>
internal sealed class ChatHub(
    Rooms rooms,
    RoomTitles titles,
    RoomStore store,
    ChatMessageStore messages,
    RoomWriter writer,
    OpenConnections connections,
    RoomPresence presence,
    RoomMembers members,
    RoomSizes sizes,
    NotificationReplay replay,
    NotificationStore notifications,
    MessageWindows windows
) : Hub<IChatClient>
{
    internal const int RecentMessages = 50;

    private OpenConnection Me => connections.Get(Context.ConnectionId);

    public override async Task OnConnectedAsync()
    {
        await connections.AddAsync(Context);
        await replay.SendUnreadAsync(Me, Context.ConnectionAborted);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (connections.Remove(Context.ConnectionId) is not { } connection)
            return;
        foreach (var room in connection.Rooms)
            await presence.LeaveAsync(room, connection);
    }

    /// <summary>Joins a room. From then on the connection receives its messages, joins and leaves.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<JoinedRoom> JoinRoom(string room)
    {
        Me.Joins.Take("joins");
        var rights = await RequireReadAsync(room);
        if (Me.Enter(room))
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, room);
            await presence.JoinAsync(room, Me);
            // Access lost between the check and the join could not be enforced yet, because the connection was not in the room.
            if (!(await GetRightsAsync(room)).MayRead)
            {
                await LeaveAsync(room);
                throw ChatErrors.NoRoom();
            }
        }
        // Read after joining, so a message that creates the room is either read here or received as an event.
        if (await rooms.FindAsync(room, Context.ConnectionAborted) is not { } stored)
            return await CreateJoinedAsync(room, [], 0, rights);
        var recent = await messages.ListBeforeAsync(stored.Id, null, RecentMessages, Context.ConnectionAborted);
        var read = (await store.GetReadMarksAsync(Me.UserId, [stored.Id], Context.ConnectionAborted)).GetValueOrDefault(stored.Id);
        return await CreateJoinedAsync(room, ChatMessages.ToContract(stored, recent), read, rights);
    }

    /// <summary>Leaves a room. Succeeds even if the caller is not in it.</summary>
    [Authorize(Permissions.SignedIn)]
    public Task LeaveRoom(string room)
    {
        Me.Joins.Take("joins");
        return LeaveAsync(room);
    }

    /// <summary>
    /// Sends a message to a joined room and returns it as stored. Repeating the call with the same client message ID stores no
    /// second message and returns the first.
    /// </summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> SendMessage(string room, string text, string clientMessageId)
    {
        windows.Take(Me.Token.UserId);
        var draft = new MessageDraft(Me.UserId, Me.Name, ChatText.Message(text), ChatText.ClientId(clientMessageId));
        await RequireWriteAsync(room);
        // Checked last: a caller without access must not learn that the room exists.
        if (!Me.IsIn(room))
            throw ChatErrors.NotJoined();
        return await writer.WriteAsync(room, await rooms.EnsureIdAsync(room, Context.ConnectionAborted), draft);
    }

    /// <summary>Sends a message to a user, in the direct room of the two.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> SendDirect(string userId, string text, string clientMessageId)
    {
        windows.Take(Me.Token.UserId);
        var draft = new MessageDraft(Me.UserId, Me.Name, ChatText.Message(text), ChatText.ClientId(clientMessageId));
        if (!ObjectId.TryParse(userId, out var other) || other == Me.UserId)
            throw ChatErrors.NoUser();
        var room = RoomNames.Direct(Me.UserId.ToString(), other.ToString());
        var rights = await GetRightsAsync(room);
        if (!rights.MayRead)
            throw ChatErrors.NoUser();
        if (!rights.MayWrite)
            throw ChatErrors.ReadOnly(room);
        return await writer.WriteAsync(room, await rooms.EnsureIdAsync(room, Context.ConnectionAborted), draft);
    }

    /// <summary>Replaces the text of a message. Allowed for its author and the room's staff.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> EditMessage(string messageId, string text)
    {
        windows.Take(Me.Token.UserId);
        var plain = ChatText.Message(text);
        var (room, id, author) = await GetChangeableAsync(messageId);
        var changed = await messages.EditAsync(id, author, plain, Context.ConnectionAborted) ?? throw ChatErrors.NoMessage();
        return await PublishChangedAsync(ChatMessages.ToContract(room, changed));
    }

    /// <summary>Deletes the text of a message; its number stays. Allowed for its author and the room's staff.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> DeleteMessage(string messageId)
    {
        windows.Take(Me.Token.UserId);
        var (room, id, author) = await GetChangeableAsync(messageId);
        var changed = await messages.DeleteAsync(id, author, Context.ConnectionAborted) ?? throw ChatErrors.NoMessage();
        return await PublishChangedAsync(ChatMessages.ToContract(room, changed, hidden: true));
    }

    /// <summary>
    /// Notifies the others in a room that the caller is typing, at most once per <see cref="RealtimeOptions.TypingInterval"/>. In a
    /// large room only a few events of all users are sent.
    /// </summary>
    [Authorize(Permissions.SignedIn)]
    public async Task StartTyping(string room)
    {
        if (!Me.IsIn(room))
            throw ChatErrors.NotJoined();
        if (!connections.TryType(Me, room) || !sizes.TryType(room))
            return;
        await RequireWriteAsync(room);
        await Clients.OthersInGroup(room).UserTyping(new MemberEvent(room, Me.User));
    }

    /// <summary>Records the last message that the caller has read. A lower number than before has no effect.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task MarkRead(string room, long sequence)
    {
        Me.Reads.Take("reads");
        await RequireReadAsync(room);
        if (
            sequence < 1
            || await rooms.FindIdAsync(room, Context.ConnectionAborted) is not { } id
            || sequence > await messages.GetLastSequenceAsync(id, Context.ConnectionAborted)
        )
        {
            throw ChatErrors.Invalid("sequence", "The room has no message with this number.");
        }

        if (!await store.MarkReadAsync(Me.UserId, id, sequence, Context.ConnectionAborted))
            return;
        var audience = await presence.IsLargeAsync(room) ? Audience.OfUser(Me.Token.UserId) : room;
        await Clients.Group(audience).MessageRead(new ReadEvent(room, Me.Token.UserId, sequence));
    }

    /// <summary>Returns 1 to 100 messages before a number, ascending. With null it returns the newest.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage[]> GetHistory(string room, long? beforeSequence, int limit)
    {
        Me.Reads.Take("reads");
        if (await FindReadableRoomAsync(room, limit) is not { } stored)
            return [];
        return ChatMessages.ToContract(stored, await messages.ListBeforeAsync(stored.Id, beforeSequence, limit, Context.ConnectionAborted));
    }

    /// <summary>Returns 1 to 100 messages after a number, ascending.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage[]> GetSince(string room, long afterSequence, int limit)
    {
        Me.Reads.Take("reads");
        if (await FindReadableRoomAsync(room, limit) is not { } stored)
            return [];
        return ChatMessages.ToContract(stored, await messages.ListAfterAsync(stored.Id, afterSequence, limit, Context.ConnectionAborted));
    }

    /// <summary>Returns up to 1,000 users who are present in a room.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatUser[]> GetPresence(string room)
    {
        Me.Reads.Take("reads");
        await RequireReadAsync(room);
        return await members.ListAsync(room, Context.ConnectionAborted);
    }

    /// <summary>Marks a notification as read, so that it is not replayed on later connections. Repeating the call has no effect.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task MarkNotificationRead(string notificationId)
    {
        Me.Reads.Take("reads");
        if (
            !ObjectId.TryParse(notificationId, out var id)
            || await notifications.MarkReadAsync(Me.UserId, id, Context.ConnectionAborted) is null
        )
        {
            throw ChatErrors.NoNotification();
        }
    }

    private Task<RoomRights> GetRightsAsync(string room) => rooms.GetRightsAsync(room, Context.User!, Context.ConnectionAborted);

    private async Task<RoomRights> RequireReadAsync(string room) =>
        await GetRightsAsync(room) is { MayRead: true } rights ? rights : throw ChatErrors.NoRoom();

    private async Task<RoomRights> RequireWriteAsync(string room) =>
        await RequireReadAsync(room) is { MayWrite: true } rights ? rights : throw ChatErrors.ReadOnly(room);

    /// <returns>Null before the room's first message.</returns>
    private async Task<RoomDocument?> FindReadableRoomAsync(string room, int limit)
    {
        if (limit is < 1 or > ChatLimits.Page)
            throw ChatErrors.Invalid("limit", $"It must be between 1 and {ChatLimits.Page}.");
        await RequireReadAsync(room);
        return await rooms.FindAsync(room, Context.ConnectionAborted);
    }

    /// <summary>Returns a message's room and ID, and the author that it must have: null for staff, who may change any message.</summary>
    private async Task<(string Room, ObjectId Id, ObjectId? Author)> GetChangeableAsync(string messageId)
    {
        if (!ObjectId.TryParse(messageId, out var id) || await messages.GetAsync(id, Context.ConnectionAborted) is not { } message)
            throw ChatErrors.NoMessage();
        if (await store.GetAsync(message.RoomId, Context.ConnectionAborted) is not { } room)
            throw ChatErrors.NoMessage();
        var rights = await GetRightsAsync(room.Name);
        if (!rights.MayRead)
            throw ChatErrors.NoMessage();
        if (!rights.MayWrite)
            throw ChatErrors.ReadOnly(room.Name);
        return (room.Name, id, rights.IsStaff ? null : Me.UserId);
    }

    private async Task<ChatMessage> PublishChangedAsync(ChatMessage changed)
    {
        await Clients.OfRoom(changed.Room).MessageChanged(changed);
        return changed;
    }

    private async Task LeaveAsync(string room)
    {
        if (!Me.Leave(room))
            return;
        await Groups.RemoveFromGroupAsync(Context.ConnectionId, room);
        await presence.LeaveAsync(room, Me);
    }

    private async Task<JoinedRoom> CreateJoinedAsync(string room, ChatMessage[] recent, long readSequence, RoomRights rights)
    {
        var (present, count) = await members.ListForAsync(room, Me.User, Context.ConnectionAborted);
        var title = await titles.GetAsync(room, Me.Token.UserId, Context.ConnectionAborted);
        return new JoinedRoom(room, title, recent, present, count, readSequence, !rights.MayWrite);
    }
}
