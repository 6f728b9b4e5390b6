using System.Diagnostics.Metrics;
using MovieLms.Application.Live;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Realtime.Connections;

/// <summary>Measures chat and live events (docs/telemetry.md).</summary>
internal static class ChatMetrics
{
    private static readonly UpDownCounter<long> Connections = MovieLmsTelemetry.Meter.CreateUpDownCounter<long>(
        "movielms.chat.connections",
        "{connection}",
        "Open hub connections"
    );

    private static readonly Counter<long> Messages = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.chat.messages",
        "{message}",
        "Chat messages that were sent"
    );

    private static readonly Counter<long> Broadcasts = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.chat.broadcasts",
        "{broadcast}",
        "Events broadcast to a room or a user"
    );

    private static readonly Counter<long> Deliveries = MovieLmsTelemetry.Meter.CreateCounter<long>(
        "movielms.live.deliveries",
        "{delivery}",
        "Live events delivered to a connection"
    );

    internal static void Connected() => Connections.Add(1);

    internal static void Disconnected() => Connections.Add(-1);

    /// <summary>Counts stored messages, or messages that could not be stored.</summary>
    internal static void Sent(int count, string room, bool succeeded)
    {
        if (!Messages.Enabled)
            return;
        var kind = RoomNames.TryParse(room, out var name) ? name.Kind.ToString().ToLowerInvariant() : "unknown";
        Messages.Add(count, new("room", kind), new("outcome", succeeded ? "stored" : "failed"));
    }

    /// <summary>Counts a broadcast.</summary>
    /// <param name="name">A method of <c>IChatClient</c>.</param>
    /// <param name="isLocal">False for an event that another node published.</param>
    internal static void Broadcast(string name, bool isLocal) =>
        Broadcasts.Add(1, new("event", name), new("origin", isLocal ? "local" : "remote"));

    /// <summary>Counts a live event that was sent to a connection.</summary>
    /// <param name="name">A method of <c>IChatClient</c>.</param>
    internal static void Delivered(string name) => Deliveries.Add(1, new KeyValuePair<string, object?>("event", name));
}
