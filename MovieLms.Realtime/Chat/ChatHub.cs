using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using MongoDB.Bson;
using MovieLms.Data.Chat;
using MovieLms.Data.Identity;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Presence;
using MovieLms.Realtime.Relay;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Live;

namespace MovieLms.Realtime.Chat;

/// <summary>
/// Chat at <c>/hubs/chat</c>. Who may be in a room is asked of the database on every call, and the caller is who the token
/// says. Lists are answered as arrays, since MessagePack writes a value by its own type and not by the declared one.
/// </summary>
internal sealed class ChatHub(
    Rooms rooms, RoomStore store, ChatMessageStore messages, RoomWriter writer, UserStore users, OpenConnections connections,
    RoomPresence presence, NotificationReplay replay, MessageWindows windows) : Hub<IChatClient>
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
        if (connections.Remove(Context.ConnectionId) is not { } gone) return;
        foreach (var room in gone.Rooms) await presence.LeaveAsync(room, gone);
    }

    /// <summary>Enters a room: its messages and comings and goings are heard from then on.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<JoinedRoom> JoinRoom(string room)
    {
        Me.Joins.Take("joins");
        var rights = await ReadableAsync(room);
        var stored = await rooms.GetAsync(room, Context.ConnectionAborted);
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
        var draft = new MessageDraft(Me.UserId, Me.Name, ChatText.Message(text), ChatText.ClientId(clientMessageId));
        await WritableAsync(room);
        windows.Take(Me.Token.UserId);
        return await writer.WriteAsync(room, await rooms.IdAsync(room, Context.ConnectionAborted), draft);
    }

    /// <summary>Sends a message to one user, in the room of the two.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> SendDirect(string userId, string text, string clientMessageId)
    {
        var draft = new MessageDraft(Me.UserId, Me.Name, ChatText.Message(text), ChatText.ClientId(clientMessageId));
        if (!ObjectId.TryParse(userId, out var other) || other == Me.UserId) throw ChatErrors.NoUser();
        if (await users.FindAsync(other, Context.ConnectionAborted) is not { ArchivedAt: null }) throw ChatErrors.NoUser();
        windows.Take(Me.Token.UserId);
        var room = RoomNames.Direct(Me.UserId.ToString(), other.ToString());
        return await writer.WriteAsync(room, await rooms.IdAsync(room, Context.ConnectionAborted), draft);
    }

    /// <summary>Gives a message another text: its author, or the room's staff.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> EditMessage(string messageId, string text)
    {
        var plain = ChatText.Message(text);
        var (room, id, author) = await ChangeableAsync(messageId);
        windows.Take(Me.Token.UserId);
        var changed = await messages.EditAsync(id, author, plain, Context.ConnectionAborted) ?? throw ChatErrors.NoMessage();
        return await SayChangedAsync(ChatMessages.View(room, changed));
    }

    /// <summary>Takes a message back: its author, or the room's staff. Its text is gone, its number stays.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage> DeleteMessage(string messageId)
    {
        var (room, id, author) = await ChangeableAsync(messageId);
        windows.Take(Me.Token.UserId);
        var changed = await messages.RemoveAsync(id, author, Context.ConnectionAborted) ?? throw ChatErrors.NoMessage();
        return await SayChangedAsync(ChatMessages.View(room, changed, hidden: true));
    }

    /// <summary>Tells the others in a room that one types; more often than every two seconds is passed over.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task StartTyping(string room)
    {
        if (!Me.IsIn(room)) throw ChatErrors.NotJoined();
        if (!Me.MayTellTyping(room)) return;
        await WritableAsync(room);
        await Clients.OthersInGroup(room).UserTyping(new MemberEvent(room, Me.User));
    }

    /// <summary>Notes how far one has read; an earlier number changes nothing.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task MarkRead(string room, long sequence)
    {
        Me.Reads.Take("reads");
        await ReadableAsync(room);
        var id = await rooms.IdAsync(room, Context.ConnectionAborted);
        if (sequence < 1 || sequence > await messages.LastSequenceAsync(id, Context.ConnectionAborted))
            throw ChatErrors.Invalid("sequence", "The room has no message of this number.");
        if (await store.MarkReadAsync(Me.UserId, id, sequence, Context.ConnectionAborted))
            await Clients.Group(room).MessageRead(new ReadEvent(room, Me.UserId.ToString(), sequence));
    }

    /// <summary>The messages before a number (null: the newest), ascending; 1 to 100.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage[]> GetHistory(string room, long? beforeSequence, int limit)
    {
        Me.Reads.Take("reads");
        var stored = await ReadableRoomAsync(room, limit);
        return ChatMessages.View(stored, await messages.BeforeAsync(stored.Id, beforeSequence, limit, Context.ConnectionAborted));
    }

    /// <summary>The messages after a number, ascending; 1 to 100.</summary>
    [Authorize(Permissions.SignedIn)]
    public async Task<ChatMessage[]> GetSince(string room, long afterSequence, int limit)
    {
        Me.Reads.Take("reads");
        var stored = await ReadableRoomAsync(room, limit);
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

    private async Task<RoomRights> ReadableAsync(string room) => await RightsAsync(room) is { MayRead: true } rights ? rights : throw ChatErrors.NoRoom();

    private async Task<RoomRights> WritableAsync(string room) =>
        await ReadableAsync(room) is { MayWrite: true } rights ? rights : throw ChatErrors.ReadOnly();

    private async Task<RoomDocument> ReadableRoomAsync(string room, int limit)
    {
        if (limit is < 1 or > ChatLimits.Page) throw ChatErrors.Invalid("limit", $"1 to {ChatLimits.Page} is asked for.");
        await ReadableAsync(room);
        return await rooms.GetAsync(room, Context.ConnectionAborted);
    }

    /// <summary>The message's room and id, and whose it must be: nobody's in particular for staff.</summary>
    private async Task<(string Room, ObjectId Id, ObjectId? Author)> ChangeableAsync(string messageId)
    {
        if (!ObjectId.TryParse(messageId, out var id) || await messages.GetAsync(id, Context.ConnectionAborted) is not { } message) throw ChatErrors.NoMessage();
        if (await store.GetAsync(message.RoomId, Context.ConnectionAborted) is not { } room) throw ChatErrors.NoMessage();
        var rights = await RightsAsync(room.Name);
        if (!rights.MayRead) throw ChatErrors.NoMessage();
        if (!rights.MayWrite) throw ChatErrors.ReadOnly();
        return (room.Name, id, rights.IsStaff ? null : Me.UserId);
    }

    private async Task<ChatMessage> SayChangedAsync(ChatMessage changed)
    {
        await Clients.OfRoom(changed.Room).MessageChanged(changed);
        return changed;
    }

    private async Task LeaveAsync(string room)
    {
        if (!Me.Leave(room)) return;
        await Groups.RemoveFromGroupAsync(Context.ConnectionId, room);
        await presence.LeaveAsync(room, Me);
    }

    private Task<ChatUser[]> MembersAsync(string room) => presence.MembersAsync(room, Context.ConnectionAborted);
}
