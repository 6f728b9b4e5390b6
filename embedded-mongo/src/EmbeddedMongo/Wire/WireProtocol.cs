using System.Buffers.Binary;

namespace EmbeddedMongo.Wire;

/// <summary>Constants of the MongoDB wire protocol (manual: "MongoDB Wire Protocol", "OP_MSG").</summary>
internal static class WireProtocol
{
    public const int HeaderLength = 16;
    public const int OpReply = 1;
    public const int OpQuery = 2004;
    public const int OpCompressed = 2012;
    public const int OpMsg = 2013;

    public const uint ChecksumPresent = 1;
    public const uint MoreToCome = 1 << 1;

    /// <summary>The lower 16 bits are required: an unknown one is an error. Higher bits are optional.</summary>
    public const uint RequiredBits = 0xFFFF;

    /// <summary>Wire version of MongoDB 7.0.</summary>
    public const int MaxWireVersion = 21;
}

/// <summary>The 16-byte header of every message.</summary>
internal readonly record struct MessageHeader(int Length, int RequestId, int ResponseTo, int OpCode)
{
    public static MessageHeader Read(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..])
        );

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], RequestId);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], ResponseTo);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], OpCode);
    }
}

/// <summary>A protocol violation. The connection is closed, as in MongoDB.</summary>
internal sealed class WireProtocolException(string message) : Exception(message);
