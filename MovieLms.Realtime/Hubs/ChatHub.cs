using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using MongoDB.Bson;
using MovieLms.Application.Access;
using MovieLms.Application.Live;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Enforcement;
using MovieLms.Realtime.Presence;
using MovieLms.Realtime.Relay;

namespace MovieLms.Realtime.Hubs;

/// <summary>
/// Chat at <c>/hubs/chat</c>. Every call reads the caller's rights in a room from the database, and the caller is the user of
/// the token. <see cref="CallLimits"/> runs before every method; a method's own limit comes first in it, before any query.
/// Lists are returned as arrays, since MessagePack writes a value by its own type and not by the declared one.
/// </summary>
internal sealed class ChatHub(
    Rooms rooms,
    RoomStore store,
    ChatMessageStore messages,
    RoomWriter writer,
    OpenConnections connections,
    RoomPresence presence,
    NotificationReplay replay,
    MessageWindows windows
) : Hub<IChatClient>
{
    private const int RecentMessages = 50;

    private OpenConnection Me => connections.Get(Context.ConnectionId);

    public override async Task OnConnectedAsync()
    {
        await connections.AddAsync(Context);
        await replay.SendUnreadAsync(Me, Context.ConnectionAborted);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (connections.Remove(Context.ConnectionId) is not { } gone)
            return;
        foreach (var room in gone.Rooms)
            await presence.LeaveAsync(room, gone);
    }

    /// <summary>Enters a room: its messages and comings and goings are heard from then on.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<JoinedRoom> JoinRoom(string room)
    {
        Me.Joins.Take("joins");
        var rights = await ReadableAsync(room);
        if (Me.Enter(room))
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, room);
            await presence.JoinAsync(room, Me);
            // A withdrawal between the check and the entry found nobody to take out.
            if (!(await RightsAsync(room)).MayRead)
            {
                await LeaveAsync(room);
                throw ChatErrors.NoRoom();
            }
        }
        // After the entry, so that a message that creates the room is either read here or received.
        if (await rooms.FindAsync(room, Context.ConnectionAborted) is not { } stored)
            return new JoinedRoom(room, [], await MembersAsync(room), 0, !rights.MayWrite);
        var recent = await messages.BeforeAsync(stored.Id, null, RecentMessages, Context.ConnectionAborted);
        var read = (await store.MarksAsync(Me.UserId, [stored.Id], Context.ConnectionAborted)).GetValueOrDefault(stored.Id);
        return new JoinedRoom(room, ChatMessages.View(stored, recent), await MembersAsync(room), read, !rights.MayWrite);
    }

    /// <summary>Leaves a room; leaving one that one is not in is no error.</summary>
    [Authorize(Permissions.SignedIn)]
    public Task LeaveRoom(string room)
    {
        Me.Joins.Take("joins");
        return LeaveAsync(room);
    }

    /// <summary>Sends a message; the same client message id twice is one message.</summary>
    /// <returns>The stored message.</returns>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> SendMessage(string room, string text, string clientMessageId)
    {
        windows.Take(Me.Token.UserId);
        var draft = new MessageDraft(Me.UserId, Me.Name, ChatText.Message(text), ChatText.ClientId(clientMessageId));
        await WritableAsync(room);
        return await writer.WriteAsync(room, await rooms.EnsureIdAsync(room, Context.ConnectionAborted), draft);
    }

    /// <summary>Sends a message to one user, in the room of the two.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> SendDirect(string userId, string text, string clientMessageId)
    {
        windows.Take(Me.Token.UserId);
        var draft = new MessageDraft(Me.UserId, Me.Name, ChatText.Message(text), ChatText.ClientId(clientMessageId));
        if (!ObjectId.TryParse(userId, out var other) || other == Me.UserId)
            throw ChatErrors.NoUser();
        var room = RoomNames.Direct(Me.UserId.ToString(), other.ToString());
        var rights = await RightsAsync(room);
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
        var (room, id, author) = await ChangeableAsync(messageId);
        var changed = await messages.EditAsync(id, author, plain, Context.ConnectionAborted) ?? throw ChatErrors.NoMessage();
        return await SayChangedAsync(ChatMessages.View(room, changed));
    }

    /// <summary>Deletes the text of a message; its number stays. Allowed for its author and the room's staff.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> DeleteMessage(string messageId)
    {
        windows.Take(Me.Token.UserId);
        var (room, id, author) = await ChangeableAsync(messageId);
        var changed = await messages.RemoveAsync(id, author, Context.ConnectionAborted) ?? throw ChatErrors.NoMessage();
        return await SayChangedAsync(ChatMessages.View(room, changed, hidden: true));
    }

    /// <summary>
    /// Tells the others in a room that the caller is typing, at most once per <see cref="RealtimeOptions.TypingInterval"/>.
    /// </summary>
    [Authorize(Permissions.SignedIn)]
    public async Task StartTyping(string room)
    {
        if (!Me.IsIn(room))
            throw ChatErrors.NotJoined();
        if (!connections.TryType(Me, room))
            return;
        await WritableAsync(room);
        await Clients.OthersInGroup(room).UserTyping(new MemberEvent(room, Me.User));
    }

    /// <summary>Records the last message that the caller has read. A smaller number than before changes nothing.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task MarkRead(string room, long sequence)
    {
        Me.Reads.Take("reads");
        await ReadableAsync(room);
        if (
            sequence < 1
            || await rooms.FindIdAsync(room, Context.ConnectionAborted) is not { } id
            || sequence > await messages.LastSequenceAsync(id, Context.ConnectionAborted)
        )
        {
            throw ChatErrors.Invalid("sequence", "The room has no message with this number.");
        }

        if (await store.MarkReadAsync(Me.UserId, id, sequence, Context.ConnectionAborted))
            await Clients.Group(room).MessageRead(new ReadEvent(room, Me.UserId.ToString(), sequence));
    }

    /// <summary>The messages before a number (null: the newest), ascending; 1 to 100.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage[]> GetHistory(string room, long? beforeSequence, int limit)
    {
        Me.Reads.Take("reads");
        if (await ReadableRoomAsync(room, limit) is not { } stored)
            return [];
        return ChatMessages.View(stored, await messages.BeforeAsync(stored.Id, beforeSequence, limit, Context.ConnectionAborted));
    }

    /// <summary>The messages after a number, ascending; 1 to 100.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage[]> GetSince(string room, long afterSequence, int limit)
    {
        Me.Reads.Take("reads");
        if (await ReadableRoomAsync(room, limit) is not { } stored)
            return [];
        return ChatMessages.View(stored, await messages.SinceAsync(stored.Id, afterSequence, limit, Context.ConnectionAborted));
    }

    /// <summary>Who is in a room.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatUser[]> GetPresence(string room)
    {
        Me.Reads.Take("reads");
        await ReadableAsync(room);
        return await MembersAsync(room);
    }

    private Task<RoomRights> RightsAsync(string room) => rooms.RightsAsync(room, Context.User!, Context.ConnectionAborted);

    private async Task<RoomRights> ReadableAsync(string room) =>
        await RightsAsync(room) is { MayRead: true } rights ? rights : throw ChatErrors.NoRoom();

    private async Task<RoomRights> WritableAsync(string room) =>
        await ReadableAsync(room) is { MayWrite: true } rights ? rights : throw ChatErrors.ReadOnly(room);

    /// <returns>Null for a room that nobody has written to.</returns>
    private async Task<RoomDocument?> ReadableRoomAsync(string room, int limit)
    {
        if (limit is < 1 or > ChatLimits.Page)
            throw ChatErrors.Invalid("limit", $"It must be between 1 and {ChatLimits.Page}.");
        await ReadableAsync(room);
        return await rooms.FindAsync(room, Context.ConnectionAborted);
    }

    /// <summary>The message's room and id, and whose it must be: nobody's in particular for staff.</summary>
    private async Task<(string Room, ObjectId Id, ObjectId? Author)> ChangeableAsync(string messageId)
    {
        if (!ObjectId.TryParse(messageId, out var id) || await messages.GetAsync(id, Context.ConnectionAborted) is not { } message)
            throw ChatErrors.NoMessage();
        if (await store.GetAsync(message.RoomId, Context.ConnectionAborted) is not { } room)
            throw ChatErrors.NoMessage();
        var rights = await RightsAsync(room.Name);
        if (!rights.MayRead)
            throw ChatErrors.NoMessage();
        if (!rights.MayWrite)
            throw ChatErrors.ReadOnly(room.Name);
        return (room.Name, id, rights.IsStaff ? null : Me.UserId);
    }

    private async Task<ChatMessage> SayChangedAsync(ChatMessage changed)
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

    private Task<ChatUser[]> MembersAsync(string room) => presence.MembersAsync(room, Context.ConnectionAborted);
}
