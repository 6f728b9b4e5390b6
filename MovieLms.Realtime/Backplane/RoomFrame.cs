using System.Buffers.Binary;
using System.Text.Json;

namespace MovieLms.Realtime.Backplane;

/// <summary>
/// What goes over the channel in one piece: who says it (16 bytes), then for an echo its name (16 bytes), or else calls, each
/// after its length (4 bytes, little-endian). A node thus knows its own words unread.
/// </summary>
internal static class RoomFrame
{
    private const int Id = 16;
    private const int Length = sizeof(int);

    internal static byte[] Echo(Guid node, Guid name)
    {
        var frame = new byte[2 * Id];
        node.TryWriteBytes(frame);
        name.TryWriteBytes(frame.AsSpan(Id));
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

    internal static bool IsOf(Guid node, ReadOnlySpan<byte> frame) => frame.Length >= Id && new Guid(frame[..Id]) == node;

    /// <summary>The name of an echo; null for calls, which are longer.</summary>
    internal static Guid? EchoName(ReadOnlySpan<byte> frame) => frame.Length == 2 * Id ? new Guid(frame[Id..]) : null;

    /// <exception cref="JsonException">It is no frame of this release.</exception>
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
