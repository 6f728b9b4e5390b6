using System.Buffers.Binary;
using System.Text;

namespace MovieLms.Testing.Telemetry;

/// <summary>A Protocol Buffers message, read field by field (https://protobuf.dev/programming-guides/encoding/).</summary>
public sealed class Protobuf(ReadOnlyMemory<byte> bytes)
{
    private const int Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5;

    /// <summary>Returns the embedded messages of a field.</summary>
    public IEnumerable<Protobuf> Messages(int field) => Read(field).Select(value => new Protobuf(value));

    /// <summary>Returns the text of a field; null if it is absent.</summary>
    public string? Text(int field) => Read(field).Select(value => Encoding.UTF8.GetString(value.Span)).FirstOrDefault();

    /// <summary>Returns the number of a 64-bit fixed field; 0 if it is absent.</summary>
    public ulong Fixed(int field) =>
        Read(field, Fixed64).Select(value => BinaryPrimitives.ReadUInt64LittleEndian(value.Span)).FirstOrDefault();

    /// <summary>Returns the number of a varint field; 0 if it is absent.</summary>
    public ulong Integer(int field) => Read(field, Varint).Select(value => ReadVarint(ref value)).FirstOrDefault();

    /// <summary>Returns the bytes of a field in hexadecimal; empty if it is absent.</summary>
    public string Hex(int field) => Read(field).Select(value => Convert.ToHexStringLower(value.Span)).FirstOrDefault() ?? string.Empty;

    private IEnumerable<ReadOnlyMemory<byte>> Read(int wanted, int wantedKind = Bytes)
    {
        var rest = bytes;
        while (rest.Length > 0)
        {
            var key = ReadVarint(ref rest);
            var (field, kind) = ((int)(key >> 3), (int)(key & 7));
            var start = rest;
            var length = kind switch
            {
                Fixed64 => sizeof(ulong),
                Fixed32 => sizeof(uint),
                Bytes => (int)ReadVarint(ref rest),
                Varint => 0,
                _ => throw new InvalidDataException($"Unknown wire type {kind}."),
            };
            if (kind == Varint)
                ReadVarint(ref rest);
            if (kind == wantedKind && field == wanted)
                yield return kind == Varint ? start : rest[..length];
            rest = rest[length..];
        }
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> from)
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
