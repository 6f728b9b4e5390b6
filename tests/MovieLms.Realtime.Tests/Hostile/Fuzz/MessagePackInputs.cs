using System.Buffers;
using MessagePack;

namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>
/// Hostile calls of a method in the hub's MessagePack protocol. A call is <c>[1, headers, invocationId, target, arguments, streamIds]</c>,
/// preceded by its length.
/// </summary>
internal static class MessagePackInputs
{
    private const int Mutations = 90;

    /// <summary>Bytes to replace an argument with.</summary>
    private static IEnumerable<(string Name, byte[] Bytes)> Values =>
        [
            ("nil", [0xC0]),
            ("never used", [0xC1]),
            ("false", [0xC2]),
            ("true", [0xC3]),
            ("zero", [0x00]),
            ("minus one", [0xFF]),
            ("largest ulong", [0xCF, 255, 255, 255, 255, 255, 255, 255, 255]),
            ("smallest long", [0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            ("largest uint", [0xCE, 255, 255, 255, 255]),
            ("beyond int", [0xCE, 0x80, 0, 0, 0]),
            ("float NaN", [0xCA, 0x7F, 0xC0, 0, 0]),
            ("NaN", [0xCB, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0]),
            ("infinity", [0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0]),
            ("minus infinity", [0xCB, 0xFF, 0xF0, 0, 0, 0, 0, 0, 0]),
            ("fraction", [0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]),
            ("invalid UTF-8", [0xA3, 0xC3, 0x28, 0xFF]),
            ("lone surrogate", [0xA3, 0xED, 0xA0, 0xBD]),
            ("text that claims 4 GB", [0xDB, 255, 255, 255, 255, 0x61]),
            ("text that claims 60 KB", [0xDA, 0xEA, 0x60, 0x61]),
            ("binary", [0xC4, 3, 1, 2, 3]),
            ("binary that claims 4 GB", [0xC6, 255, 255, 255, 255]),
            ("array", [0x90]),
            ("array of a text", [0x91, 0xA1, 0x61]),
            ("array that claims 4 billion", [0xDD, 255, 255, 255, 255]),
            ("array that claims 60,000", [0xDC, 0xEA, 0x60, 0xC0]),
            ("map", [0x80]),
            ("operator", [0x81, 0xA3, 0x24, 0x6E, 0x65, 0xC0]),
            ("map that claims 4 billion", [0xDF, 255, 255, 255, 255]),
            ("map with itself as key", [0x81, 0x81, 0xC0, 0xC0, 0xC0]),
            ("nested 400", [.. Enumerable.Repeat((byte)0x91, 400), 0xC0]),
            ("nested 20000", [.. Enumerable.Repeat((byte)0x91, 20_000), 0xC0]),
            ("nested maps", [.. Enumerable.Repeat<byte[]>([0x81, 0xC0], 2_000).SelectMany(bytes => bytes), 0xC0]),
            ("timestamp", [0xD6, 0xFF, 0, 0, 0, 0]),
            ("wrong timestamp", [0xC7, 3, 0xFF, 1, 2, 3]),
            ("timestamp beyond time", [0xC7, 12, 0xFF, .. Enumerable.Repeat((byte)255, 12)]),
            ("extension", [0xD4, 0x64, 0x01]),
            ("typeless", [0xC7, 4, 0x64, 0xA3, 0x61, 0x62, 0x63]),
            ("LZ4 block", [0xC7, 4, 0x62, 1, 2, 3, 4]),
            ("LZ4 block array", [0x92, 0xD4, 0x62, 0x01, 0xC4, 1, 0]),
            ("extension that claims 4 GB", [0xC9, 255, 255, 255, 255, 0x64]),
            ("nothing", []),
            ("two values", [0xA1, 0x61, 0xA1, 0x61]),
        ];

    internal static IEnumerable<HubInput> Of(HubMethod method, Random random)
    {
        byte[][] valid = [.. method.Arguments.Select(Encode)];
        var values = Values.Concat(HostileStrings.All.Select(value => (value.Name, Bytes: Encode(value.Text)))).ToArray();
        for (var i = 0; i < valid.Length; i++)
        {
            foreach (var (name, bytes) in values)
            {
                yield return Framed(
                    $"argument {i}: {name}",
                    Call(method.Name, Array([.. valid.Select((argument, index) => index == i ? bytes : argument)]))
                );
            }
        }
        var call = Call(method.Name, Array(valid));
        foreach (var input in Shapes(method.Name, valid))
            yield return input;
        foreach (
            var length in new byte[][]
            {
                [0],
                [1],
                [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
                [0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
                [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
                [(byte)(call.Length - 1)],
                [(byte)(call.Length + 1)],
            }
        )
        {
            yield return new HubInput($"length {Convert.ToHexString(length)}", [.. length, .. call], 2);
        }

        for (var cut = 1; cut < call.Length; cut += 3)
            yield return Framed($"truncated to {cut} with its length", call[..cut]);
        var whole = Framed("valid", call).Payload;
        for (var i = 0; i < Mutations; i++)
            yield return JsonInputs.Mutate(whole, 2, i, random);
        yield return Framed("text message", call) with
        {
            Opcode = 1,
        };
    }

    /// <summary>Returns a valid call, which checks that the connection still works.</summary>
    internal static byte[] Probe(string id) =>
        Framed("probe", Invocation([0x01], [0x80], Encode(id), Encode("GetPresence"), Array([Encode("lobby")]), [0x90])).Payload;

    private static IEnumerable<HubInput> Shapes(string method, byte[][] valid)
    {
        var (name, id, arguments) = (Encode(method), Encode("x"), Array(valid));
        byte[] Of(
            byte[]? type = null,
            byte[]? headers = null,
            byte[]? invocation = null,
            byte[]? target = null,
            byte[]? list = null,
            byte[]? streams = null
        ) => Invocation(type ?? [0x01], headers ?? [0x80], invocation ?? id, target ?? name, list ?? arguments, streams ?? [0x90]);

        foreach (var (defect, bytes) in Values)
        {
            yield return Framed($"arguments: {defect}", Of(list: bytes));
            yield return Framed($"target: {defect}", Of(target: bytes));
            yield return Framed($"invocation: {defect}", Of(invocation: bytes));
            yield return Framed($"headers: {defect}", Of(headers: bytes));
            yield return Framed($"streams: {defect}", Of(streams: bytes));
            yield return Framed($"type: {defect}", Of(type: bytes));
            yield return Framed($"message: {defect}", bytes);
        }
        for (byte type = 2; type < 12; type++)
            yield return Framed($"type {type}", Of(type: [type]));
        yield return Framed("too many arguments", Of(list: Array([.. valid, [0xC0]])));
        yield return Framed("too few arguments", Of(list: Array(valid[1..])));
        yield return Framed("a stream that does not exist", Of(streams: Array([Encode("1")])));
        yield return new HubInput("the same invocation twice", [.. Framed("", Of()).Payload, .. Framed("", Of()).Payload], 2);
        yield return new HubInput("canceled at once", [.. Framed("", Of()).Payload, .. Framed("", [0x93, 0x05, 0x80, .. id]).Payload], 2);
        yield return new HubInput(
            "item of an unknown stream",
            [.. Framed("", [0x94, 0x02, 0x80, .. id, 0xC0]).Payload, .. Framed("", Of()).Payload],
            2
        );
        yield return new HubInput(
            "completion of an unknown call",
            [.. Framed("", [0x95, 0x03, 0x80, .. id, 0x03, 0xC0]).Payload, .. Framed("", Of()).Payload],
            2
        );
    }

    private static byte[] Call(string method, byte[] arguments) =>
        Invocation([0x01], [0x80], Encode("x"), Encode(method), arguments, [0x90]);

    private static byte[] Invocation(params byte[][] parts) => [(byte)(0x90 | parts.Length), .. parts.SelectMany(part => part)];

    private static byte[] Array(byte[][] items) => [(byte)(0x90 | items.Length), .. items.SelectMany(item => item)];

    private static byte[] Encode(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        if (value is null)
            writer.WriteNil();
        else if (value is string text)
            writer.Write(text);
        else
            writer.Write((int)value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static HubInput Framed(string name, byte[] message)
    {
        List<byte> length = [];
        for (var rest = (uint)message.Length; ; )
        {
            var low = (byte)(rest & 0x7F);
            rest >>= 7;
            length.Add(rest > 0 ? (byte)(low | 0x80) : low);
            if (rest == 0)
                break;
        }
        return new HubInput(name, [.. length, .. message], 2);
    }
}
