using MovieLms.Data.Chat;

namespace MovieLms.Realtime.Contracts;

/// <summary>The settings of the hub (section <c>Realtime</c>).</summary>
internal sealed record RealtimeOptions
{
    internal const string Section = "Realtime";

    /// <summary>How long a user whose node has died is still shown as present.</summary>
    public TimeSpan PresenceTtl { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Open connections of one user on one node.</summary>
    public int ConnectionsPerUser { get; init; } = 20;

    /// <summary>
    /// The largest answer there is, in bytes: a page of messages, each of whose characters may be written as six (and 512 for
    /// the rest of a message). It leaves in one piece, so that a client that reads may have it waiting as a whole.
    /// </summary>
    internal const long MaxResponseBytes = ChatLimits.Page * ((ChatLimits.Text * 6) + 512);

    /// <summary>
    /// What may wait for one client beside <see cref="MaxResponseBytes"/>, in bytes; a client that lets more gather is dropped.
    /// </summary>
    public long OutgoingBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>The largest message a client may send, in bytes: 4,000 characters, each escaped.</summary>
    public long MaxMessageBytes { get; init; } = 32 * 1024;

    /// <summary>Calls of any hub method of one connection: this many at once, and this many in ten seconds.</summary>
    public int CallsPerTenSeconds { get; init; } = 400;

    /// <summary>The same for all connections of one user to one node.</summary>
    public int CallsPerUserPerTenSeconds { get; init; } = 1_200;

    /// <summary>Refused calls in ten seconds after which a connection is closed.</summary>
    public int RefusedCallsPerTenSeconds { get; init; } = 1_000;

    /// <summary>A user sends at most one typing event to a room per interval.</summary>
    public TimeSpan TypingInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Joins and leaves of one connection in ten seconds.</summary>
    public int JoinsPerTenSeconds { get; init; } = 60;

    /// <summary>Reads (history, presence, marks) of one connection in ten seconds.</summary>
    public int ReadsPerTenSeconds { get; init; } = 300;

    /// <summary>How long clients have for leaving when the node stops.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(3);
}
