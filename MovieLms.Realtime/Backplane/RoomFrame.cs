using System.Buffers.Binary;
using System.Text.Json;

namespace MovieLms.Realtime.Backplane;

/// <summary>
/// A frame on the Redis channel: the sender's node ID (16 bytes), followed by an echo's ID (16 bytes) or by calls, each after
/// its length (4 bytes, little-endian). A node recognizes its own frames without reading the calls.
/// </summary>
internal static class RoomFrame
{
    private const int Id = 16;
    private const int Length = sizeof(int);

    internal static byte[] Echo(Guid node, Guid echoId)
    {
        var frame = new byte[2 * Id];
        node.TryWriteBytes(frame);
        echoId.TryWriteBytes(frame.AsSpan(Id));
        return frame;
    }

    internal static byte[] Calls(Guid node, IReadOnlyCollection<byte[]> calls)
    {
        var frame = new byte[Id + calls.Sum(call => Length + call.Length)];
        node.TryWriteBytes(frame);
        var at = Id;
        foreach (var call in calls)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(at), call.Length);
            call.CopyTo(frame, at + Length);
            at += Length + call.Length;
        }
        return frame;
    }

    internal static bool IsFrom(Guid node, ReadOnlySpan<byte> frame) => frame.Length >= Id && new Guid(frame[..Id]) == node;

    /// <summary>Returns the ID of an echo, or null for calls, which are longer.</summary>
    internal static Guid? GetEchoId(ReadOnlySpan<byte> frame) => frame.Length == 2 * Id ? new Guid(frame[Id..]) : null;

    /// <exception cref="JsonException">The bytes are not a frame of this release.</exception>
    internal static IReadOnlyList<RoomCall> Read(ReadOnlySpan<byte> frame)
    {
        var calls = new List<RoomCall>();
        for (var at = Id; at < frame.Length; )
        {
            var length = frame.Length - at >= Length ? BinaryPrimitives.ReadInt32LittleEndian(frame[at..]) : -1;
            if (length < 0 || length > frame.Length - at - Length)
                throw new JsonException("The frame ends within a call.");
            calls.Add(RoomCall.Read(frame.Slice(at + Length, length)));
            at += Length + length;
        }
        return calls;
    }
}
