using System.Reflection;
using System.Text.Json;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.Realtime.Backplane;

/// <summary>What one node says to the others: an event of <see cref="IChatClient"/> for the connections in some groups.</summary>
/// <param name="Groups">Who is to hear it.</param>
/// <param name="Except">Connections that are left out.</param>
/// <param name="Event">The event's name.</param>
/// <param name="Argument">Its one argument.</param>
internal sealed record RoomCall(IReadOnlyList<string> Groups, IReadOnlyList<string>? Except, string Event, JsonElement Argument)
{
    private static readonly Dictionary<string, Type> Arguments = typeof(IChatClient)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .ToDictionary(method => method.Name, method => method.GetParameters().Single().ParameterType, StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The event is none of <see cref="IChatClient"/>.</exception>
    internal static byte[] Write(IReadOnlyList<string> groups, IReadOnlyList<string>? except, string name, object?[] arguments) =>
        Arguments.TryGetValue(name, out var type)
            ? JsonSerializer.SerializeToUtf8Bytes(
                new RoomCall(groups, except, name, JsonSerializer.SerializeToElement(arguments[0], type, Json.Options)),
                Json.Options
            )
            : throw new InvalidOperationException($"{name} is no event of {nameof(IChatClient)}.");

    /// <exception cref="JsonException">It is no call of this release.</exception>
    internal static RoomCall Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<RoomCall>(bytes, Json.Options) ?? throw new JsonException("The call is null.");

    /// <summary>The arguments as the event declares them.</summary>
    /// <exception cref="JsonException">The event is none of this release, or its argument is another.</exception>
    internal object?[] ReadArguments() =>
        Arguments.TryGetValue(Event, out var type)
            ? [Argument.Deserialize(type, Json.Options)]
            : throw new JsonException($"The event {Event} is unknown.");
}
