using System.Buffers.Binary;
using System.Text;

namespace MovieLms.Testing.Telemetry;

/// <summary>A message of Protocol Buffers, read field by field (https://protobuf.dev/programming-guides/encoding/).</summary>
public sealed class Protobuf(ReadOnlyMemory<byte> bytes)
{
    private const int Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5;

    /// <summary>The embedded messages of a field.</summary>
    public IEnumerable<Protobuf> Messages(int field) => Fields(field).Select(value => new Protobuf(value));

    /// <summary>The text of a field; null when it is absent.</summary>
    public string? Text(int field) => Fields(field).Select(value => Encoding.UTF8.GetString(value.Span)).FirstOrDefault();

    /// <summary>The number of a field of eight bytes; 0 when it is absent.</summary>
    public ulong Fixed(int field) =>
        Fields(field, Fixed64).Select(value => BinaryPrimitives.ReadUInt64LittleEndian(value.Span)).FirstOrDefault();

    /// <summary>The number of a varint field; 0 when it is absent.</summary>
    public ulong Integer(int field) => Fields(field, Varint).Select(value => Number(ref value)).FirstOrDefault();

    /// <summary>The bytes of a field as hexadecimal digits; empty when it is absent.</summary>
    public string Hex(int field) => Fields(field).Select(value => Convert.ToHexStringLower(value.Span)).FirstOrDefault() ?? string.Empty;

    private IEnumerable<ReadOnlyMemory<byte>> Fields(int wanted, int wantedKind = Bytes)
    {
        var rest = bytes;
        while (rest.Length > 0)
        {
            var key = Number(ref rest);
            var (field, kind) = ((int)(key >> 3), (int)(key & 7));
            var start = rest;
            var length = kind switch
            {
                Fixed64 => sizeof(ulong),
                Fixed32 => sizeof(uint),
                Bytes => (int)Number(ref rest),
                Varint => 0,
                _ => throw new InvalidDataException($"No field is encoded as {kind}."),
            };
            if (kind == Varint)
                Number(ref rest);
            if (kind == wantedKind && field == wanted)
                yield return kind == Varint ? start : rest[..length];
            rest = rest[length..];
        }
    }

    private static ulong Number(ref ReadOnlyMemory<byte> from)
    {
        var (value, shift) = (0UL, 0);
        for (var index = 0; ; index++, shift += 7)
        {
            var next = from.Span[index];
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) != 0)
                continue;
            from = from[(index + 1)..];
            return value;
        }
    }
}
