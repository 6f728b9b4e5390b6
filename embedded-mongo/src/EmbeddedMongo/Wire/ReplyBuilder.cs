using System.Buffers.Binary;
using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Wire;

/// <summary>
/// Builds the reply to a command directly as bytes. Fields are appended, and stored documents are copied without decoding.
/// </summary>
internal sealed class ReplyBuilder(PooledBuffer buffer)
{
    private int _prefix;
    private int _start;
    private bool _legacy;

    /// <summary>The current length of the document in bytes.</summary>
    public int DocumentLength => buffer.Length - _start;

    public PooledBuffer Buffer => buffer;

    /// <summary>Starts a new, empty document.</summary>
    public void Begin(bool legacy)
    {
        buffer.Clear();
        _legacy = legacy;
        _prefix = WireProtocol.HeaderLength + (legacy ? 20 : 5);
        buffer.Append(_prefix).Clear();
        _start = BsonEncoder.BeginDocument(buffer);
    }

    public void Add(string name, BsonValue value) => BsonEncoder.WriteElement(buffer, name, value);

    public void AddAll(BsonDocument fields)
    {
        foreach (var element in fields)
            Add(element.Name, element.Value);
    }

    /// <summary>Appends a field with a document given as bytes.</summary>
    public void AddRaw(string name, ReadOnlySpan<byte> document)
    {
        BsonEncoder.WriteHeader(buffer, BsonType.Document, name);
        buffer.Write(document);
    }

    /// <summary>Starts a nested document, which must be closed with <see cref="Close"/>.</summary>
    public int OpenDocument(string name)
    {
        BsonEncoder.WriteHeader(buffer, BsonType.Document, name);
        return BsonEncoder.BeginDocument(buffer);
    }

    public int OpenArray(string name)
    {
        BsonEncoder.WriteHeader(buffer, BsonType.Array, name);
        return BsonEncoder.BeginDocument(buffer);
    }

    /// <summary>Appends a document to the open array.</summary>
    public void AddRawItem(int index, ReadOnlySpan<byte> document)
    {
        BsonEncoder.WriteHeader(buffer, BsonType.Document, index);
        buffer.Write(document);
    }

    public void Close(int start) => BsonEncoder.EndDocument(buffer, start);

    /// <summary>Ends the document and writes the message header.</summary>
    public ReadOnlyMemory<byte> Finish(int requestId, int responseTo)
    {
        BsonEncoder.EndDocument(buffer, _start);
        new MessageHeader(buffer.Length, requestId, responseTo, _legacy ? WireProtocol.OpReply : WireProtocol.OpMsg).Write(
            buffer.Written(0, WireProtocol.HeaderLength)
        );
        if (_legacy)
        {
            // responseFlags: AwaitCapable; one document returned.
            BinaryPrimitives.WriteInt32LittleEndian(buffer.Written(WireProtocol.HeaderLength, 4), 8);
            BinaryPrimitives.WriteInt32LittleEndian(buffer.Written(WireProtocol.HeaderLength + 16, 4), 1);
        }

        return buffer.WrittenMemory;
    }
}
