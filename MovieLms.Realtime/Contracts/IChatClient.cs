namespace MovieLms.Realtime.Contracts;

/// <summary>What the hub says to its clients. Public, as the typed hub's proxies need it.</summary>
public interface IChatClient
{
    /// <summary>A message in a room one is in; messages may come twice or out of order, their numbers tell.</summary>
    Task MessageReceived(ChatMessage message);

    /// <summary>A message was edited or deleted.</summary>
    Task MessageChanged(ChatMessage message);

    /// <summary>Somebody is in the room with their first connection.</summary>
    Task UserJoined(MemberEvent joined);

    /// <summary>Somebody's last connection has left the room.</summary>
    Task UserLeft(MemberEvent left);

    /// <summary>Somebody else types.</summary>
    Task UserTyping(MemberEvent typing);

    /// <summary>Somebody has read on.</summary>
    Task MessageRead(ReadEvent read);

    /// <summary>Who is in the room, afresh.</summary>
    Task PresenceChanged(PresenceSnapshot presence);

    /// <summary>One is out of a room and will hear no more of it.</summary>
    Task RoomLeft(RoomLeft left);

    /// <summary>A stored notification: once a connection.</summary>
    Task Notification(NotificationEvent notification);

    /// <summary>How far one's import is; not each step.</summary>
    Task ImportProgress(ImportProgressEvent progress);

    /// <summary>One's order has another status.</summary>
    Task OrderChanged(OrderChangedEvent order);

    /// <summary>The server ends this connection now.</summary>
    Task ConnectionEnding(ConnectionEnd end);
}
