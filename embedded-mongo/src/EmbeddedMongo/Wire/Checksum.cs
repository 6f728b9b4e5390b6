using System.Buffers.Binary;
using System.Numerics;

namespace EmbeddedMongo.Wire;

/// <summary>The optional CRC-32C at the end of an OP_MSG, computed over all preceding bytes.</summary>
internal static class Checksum
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);

        return ~crc;
    }

    /// <summary>Verifies the checksum and returns the message without it.</summary>
    /// <exception cref="WireProtocolException">The checksum does not match.</exception>
    public static ReadOnlyMemory<byte> Verify(ReadOnlyMemory<byte> message)
    {
        if (message.Length < WireProtocol.HeaderLength + 8)
            throw new WireProtocolException("OP_MSG is truncated");

        var content = message[..^4];
        return Compute(content.Span) == BinaryPrimitives.ReadUInt32LittleEndian(message.Span[^4..])
            ? content
            : throw new WireProtocolException("OP_MSG checksum does not match contents");
    }
}
