namespace MovieLms.Realtime.Contracts;

/// <summary>The events that the hub sends to its clients. Public because the typed hub's proxies require it.</summary>
public interface IChatClient
{
    /// <summary>A new message in a joined room. Messages may arrive twice or out of order; order them by their numbers.</summary>
    Task MessageReceived(ChatMessage message);

    /// <summary>A message was edited or deleted.</summary>
    Task MessageChanged(ChatMessage message);

    /// <summary>A user's first connection joined the room. Sent in small rooms.</summary>
    Task UserJoined(MemberEvent joined);

    /// <summary>A user's last connection left the room. Sent in small rooms.</summary>
    Task UserLeft(MemberEvent left);

    /// <summary>
    /// The number of users in a large room, sent in place of joins and leaves. The client's list of members is no longer kept
    /// current until the next <see cref="PresenceChanged"/>.
    /// </summary>
    Task MemberCountChanged(MemberCount count);

    /// <summary>Another user is typing.</summary>
    Task UserTyping(MemberEvent typing);

    /// <summary>A user has read further messages. In a large room, only the user's own connections receive it.</summary>
    Task MessageRead(ReadEvent read);

    /// <summary>A full snapshot of the users in a small room.</summary>
    Task PresenceChanged(PresenceSnapshot presence);

    /// <summary>The caller was removed from a room and receives no more of its events.</summary>
    Task RoomLeft(RoomLeft left);

    /// <summary>A stored notification, sent once per connection.</summary>
    Task Notification(NotificationEvent notification);

    /// <summary>Progress of the caller's import. Not every step is sent.</summary>
    Task ImportProgress(ImportProgressEvent progress);

    /// <summary>The caller's order has a new status.</summary>
    Task OrderChanged(OrderChangedEvent order);

    /// <summary>The server is about to close this connection.</summary>
    Task ConnectionEnding(ConnectionEnd end);
}
