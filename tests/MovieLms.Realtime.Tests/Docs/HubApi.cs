using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;
using MovieLms.Realtime.Relay;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>A limit of the hub.</summary>
/// <param name="Name">Its name in the AsyncAPI document.</param>
/// <param name="Value">The default.</param>
/// <param name="Description">What is limited, with the unit.</param>
/// <param name="Setting">The environment variable that changes it.</param>
internal sealed record HubLimit(string Name, double Value, string Description, string? Setting);

/// <summary>The hub's methods, events and limits, read from the code.</summary>
internal static class HubApi
{
    internal static IReadOnlyList<MethodInfo> Methods { get; } =
    [
        .. typeof(ChatHub)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetCustomAttribute<AuthorizeAttribute>() is not null)
            .OrderBy(method => method.MetadataToken),
    ];

    internal static IReadOnlyList<MethodInfo> Events { get; } =
    [.. typeof(IChatClient).GetMethods().OrderBy(method => method.MetadataToken)];

    internal static IReadOnlyList<HubLimit> Limits { get; } = CreateLimits();

    /// <summary>Returns the type of a method's result, or null when it returns nothing.</summary>
    internal static Type? GetResult(MethodInfo method) =>
        method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null;

    private static HubLimit[] CreateLimits()
    {
        var defaults = new RealtimeOptions();
        static HubLimit Fixed(string name, double value, string description) => new(name, value, description, null);
        static HubLimit Setting(string property, double value) =>
            new(
                char.ToLowerInvariant(property[0]) + property[1..],
                value,
                XmlDocs.GetPropertySummary(typeof(RealtimeOptions), property),
                $"{RealtimeOptions.Section}__{property}"
            );
        return
        [
            Fixed("text", ChatLimits.Text, "Maximum characters of a message, in UTF-16 code units after composition (NFC)."),
            Fixed("clientMessageId", ChatLimits.ClientMessageId, "Maximum visible ASCII characters of a `clientMessageId`."),
            Fixed("page", ChatLimits.Page, "Maximum messages that `GetHistory` or `GetSince` returns."),
            Fixed("recentMessages", ChatHub.RecentMessages, "Messages that `JoinRoom` returns."),
            Fixed("joinedRooms", OpenConnection.MaxRooms, "Maximum rooms that a connection has joined."),
            Fixed(
                "replayedNotifications",
                NotificationReplay.MaxNotifications,
                "Maximum notifications that are replayed, the newest ones."
            ),
            new(
                "messages",
                MessageWindows.DefaultPermits,
                $"Maximum messages, edits and deletions of a user per {MessageWindows.DefaultSeconds} s.",
                "RateLimits__ChatMessages__Permits"
            ),
            Setting(nameof(RealtimeOptions.CallsPerTenSeconds), defaults.CallsPerTenSeconds),
            Setting(nameof(RealtimeOptions.CallsPerUserPerTenSeconds), defaults.CallsPerUserPerTenSeconds),
            Setting(nameof(RealtimeOptions.RefusedCallsPerTenSeconds), defaults.RefusedCallsPerTenSeconds),
            Setting(nameof(RealtimeOptions.JoinsPerTenSeconds), defaults.JoinsPerTenSeconds),
            Setting(nameof(RealtimeOptions.ReadsPerTenSeconds), defaults.ReadsPerTenSeconds),
            Setting(nameof(RealtimeOptions.ConnectionsPerUser), defaults.ConnectionsPerUser),
            Setting(nameof(RealtimeOptions.MaxMessageBytes), defaults.MaxMessageBytes),
            Setting(nameof(RealtimeOptions.SmallRoomMembers), defaults.SmallRoomMembers),
        ];
    }
}
