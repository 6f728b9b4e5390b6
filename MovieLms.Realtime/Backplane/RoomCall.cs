using System.Reflection;
using System.Text.Json;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Serialization;

namespace MovieLms.Realtime.Backplane;

/// <summary>A call from one node to the others: an event of <see cref="IChatClient"/> for the connections in some groups.</summary>
/// <param name="Groups">The groups that receive the event.</param>
/// <param name="Except">IDs of connections that do not receive it.</param>
/// <param name="Event">A method of <see cref="IChatClient"/>.</param>
/// <param name="Argument">The method's only argument.</param>
internal sealed record RoomCall(IReadOnlyList<string> Groups, IReadOnlyList<string>? Except, string Event, JsonElement Argument)
{
    private static readonly Dictionary<string, Type> Arguments = typeof(IChatClient)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .ToDictionary(method => method.Name, method => method.GetParameters().Single().ParameterType, StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The event is not a method of <see cref="IChatClient"/>.</exception>
    internal static byte[] Write(IReadOnlyList<string> groups, IReadOnlyList<string>? except, string name, object?[] arguments) =>
        Arguments.TryGetValue(name, out var type)
            ? JsonSerializer.SerializeToUtf8Bytes(
                new RoomCall(groups, except, name, JsonSerializer.SerializeToElement(arguments[0], type, Json.Options)),
                Json.Options
            )
            : throw new InvalidOperationException($"{name} is not an event of {nameof(IChatClient)}.");

    /// <exception cref="JsonException">The bytes are not a call of this release.</exception>
    internal static RoomCall Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<RoomCall>(bytes, Json.Options) ?? throw new JsonException("The call is null.");

    /// <summary>Returns the arguments in the types that the event declares.</summary>
    /// <exception cref="JsonException">The event is unknown to this release, or its argument has another type.</exception>
    internal object?[] ReadArguments() =>
        Arguments.TryGetValue(Event, out var type)
            ? [Argument.Deserialize(type, Json.Options)]
            : throw new JsonException($"The event {Event} is unknown.");
}
