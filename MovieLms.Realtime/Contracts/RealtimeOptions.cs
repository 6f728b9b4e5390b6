using System.ComponentModel.DataAnnotations;
using MovieLms.Data.Chat;

namespace MovieLms.Realtime.Contracts;

/// <summary>The settings of the hub (section <c>Realtime</c>).</summary>
internal sealed record RealtimeOptions
{
    internal const string Section = "Realtime";

    /// <summary>How long a user is still shown as present after their node has died.</summary>
    public TimeSpan PresenceTtl { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Maximum open connections per user and node.</summary>
    public int ConnectionsPerUser { get; init; } = 20;

    /// <summary>
    /// The size of the largest response, in bytes: a page of messages, with up to six bytes per character and 512 bytes for the
    /// other fields of a message. A response is written at once, so all of it may be buffered even for a client that reads.
    /// </summary>
    internal const long MaxResponseBytes = ChatLimits.Page * ((ChatLimits.Text * 6) + 512);

    /// <summary>
    /// Maximum bytes buffered for a client, in addition to <see cref="MaxResponseBytes"/>. A client that exceeds it is disconnected.
    /// </summary>
    public long OutgoingBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>Maximum size of a message from a client, in bytes: enough for 4,000 escaped characters.</summary>
    public long MaxMessageBytes { get; init; } = 32 * 1024;

    /// <summary>Maximum calls of hub methods per connection, both in a burst and per 10 s.</summary>
    public int CallsPerTenSeconds { get; init; } = 400;

    /// <summary>Maximum calls of hub methods over all connections of a user to a node, both in a burst and per 10 s.</summary>
    public int CallsPerUserPerTenSeconds { get; init; } = 1_200;

    /// <summary>Number of refused calls per 10 s after which a connection is closed.</summary>
    public int RefusedCallsPerTenSeconds { get; init; } = 1_000;

    /// <summary>Minimum time between two typing events of a user to a room.</summary>
    public TimeSpan TypingInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Maximum members of a small room, whose joins, leaves and read marks are sent to all of them. A larger room receives the
    /// number of its members.
    /// </summary>
    [Range(2, 1_000)]
    public int SmallRoomMembers { get; init; } = 100;

    /// <summary>
    /// Minimum time between two counts of a large room, over all nodes. In a room of more than 1,000 members, it applies per 1,000 members.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan MemberCountInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Maximum joins and leaves per connection and 10 s.</summary>
    public int JoinsPerTenSeconds { get; init; } = 60;

    /// <summary>Maximum reads (history, presence, read marks) per connection and 10 s.</summary>
    public int ReadsPerTenSeconds { get; init; } = 300;

    /// <summary>How long a stopping node waits for its connections to close.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(3);
}
