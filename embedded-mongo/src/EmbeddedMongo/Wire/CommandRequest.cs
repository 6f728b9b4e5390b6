using System.Buffers.Binary;
using System.Text;
using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Wire;

/// <summary>A command as received: a body document and document sequences, both as bytes in the message's buffer.</summary>
internal sealed class CommandRequest
{
    private readonly List<(string Name, ReadOnlyMemory<byte> Documents)> _sequences;
    private BsonDocument? _arguments;

    private CommandRequest(
        ReadOnlyMemory<byte> body,
        List<(string Name, ReadOnlyMemory<byte> Documents)> sequences,
        bool moreToCome,
        string? legacyDatabase
    )
    {
        Body = body;
        _sequences = sequences;
        MoreToCome = moreToCome;
        LegacyDatabase = legacyDatabase;
        foreach (var element in RawBson.Elements(body.Span))
        {
            Name = FieldNameCache.Get(element.Name);
            break;
        }
    }

    /// <summary>The name of the first field of the body.</summary>
    public string Name { get; } = "";

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>True if the client expects no reply (unacknowledged writes).</summary>
    public bool MoreToCome { get; }

    /// <summary>True for OP_QUERY, which requires an OP_REPLY: the first hello of legacy handshakes.</summary>
    public bool IsLegacyQuery => LegacyDatabase is not null;

    /// <summary>The database of an OP_QUERY, which precedes the command; null for OP_MSG.</summary>
    public string? LegacyDatabase { get; }

    /// <summary>The decoded body, without the arrays that clients can also send as a sequence (see <see cref="Bulk"/>).</summary>
    public BsonDocument Arguments => _arguments ??= DecodeArguments();

    /// <summary>
    /// Returns the documents of a bulk argument (<c>documents</c>, <c>updates</c>, <c>deletes</c>), from a sequence or from the body.
    /// </summary>
    public List<ReadOnlyMemory<byte>>? Bulk(string name)
    {
        foreach (var (identifier, documents) in _sequences)
        {
            if (identifier == name)
                return Split(documents);
        }

        return FindInBody(name);
    }

    /// <summary>Parses an OP_MSG after its header. Verifies and removes a checksum.</summary>
    public static CommandRequest ParseMessage(ReadOnlyMemory<byte> message)
    {
        if (message.Length < WireProtocol.HeaderLength + 4)
            throw new WireProtocolException("OP_MSG is truncated");

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message.Span[WireProtocol.HeaderLength..]);
        if ((flags & WireProtocol.RequiredBits & ~(WireProtocol.ChecksumPresent | WireProtocol.MoreToCome)) != 0)
            throw new WireProtocolException("OP_MSG has unknown required flag bits");

        if ((flags & WireProtocol.ChecksumPresent) != 0)
            message = Checksum.Verify(message);

        var rest = message[(WireProtocol.HeaderLength + 4)..];
        ReadOnlyMemory<byte>? body = null;
        var sequences = new List<(string, ReadOnlyMemory<byte>)>();
        while (!rest.IsEmpty)
        {
            var kind = rest.Span[0];
            rest = rest[1..];
            switch (kind)
            {
                case 0 when body is null:
                    body = rest[..RawBson.DocumentLength(rest.Span)];
                    rest = rest[body.Value.Length..];
                    break;
                case 1:
                    sequences.Add(ReadSequence(ref rest));
                    break;
                default:
                    throw new WireProtocolException($"OP_MSG has an invalid section of kind {kind}");
            }
        }

        return body is { } document
            ? new CommandRequest(document, sequences, (flags & WireProtocol.MoreToCome) != 0, legacyDatabase: null)
            : throw new WireProtocolException("OP_MSG has no body section");
    }

    /// <summary>Parses an OP_QUERY after its header: flags, collection, skip, number to return, query.</summary>
    public static CommandRequest ParseQuery(ReadOnlyMemory<byte> message)
    {
        var rest = message[WireProtocol.HeaderLength..];
        var name = rest.Length > 4 ? rest.Span[4..].IndexOf((byte)0) : -1;
        if (name < 0 || rest.Length < 4 + name + 1 + 8 + 5)
            throw new WireProtocolException("OP_QUERY is truncated");

        var query = rest[(4 + name + 1 + 8)..];
        var database = Encoding.UTF8.GetString(rest.Span.Slice(4, name)).Split('.')[0];
        return new CommandRequest(query[..RawBson.DocumentLength(query.Span)], [], moreToCome: false, database);
    }

    private static (string, ReadOnlyMemory<byte>) ReadSequence(ref ReadOnlyMemory<byte> rest)
    {
        var size = rest.Length < 5 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (size < 5 || size > rest.Length)
            throw new WireProtocolException("OP_MSG document sequence has an invalid length");

        var section = rest[4..size];
        rest = rest[size..];
        var end = section.Span.IndexOf((byte)0);
        return end < 0
            ? throw new WireProtocolException("OP_MSG document sequence has no name")
            : (FieldNameCache.Get(section.Span[..end]), section[(end + 1)..]);
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> documents)
    {
        var result = new List<ReadOnlyMemory<byte>>();
        while (!documents.IsEmpty)
        {
            var length = RawBson.DocumentLength(documents.Span);
            result.Add(documents[..length]);
            documents = documents[length..];
        }

        return result;
    }

    private List<ReadOnlyMemory<byte>>? FindInBody(string name)
    {
        var bytes = Body.Span;
        foreach (var element in RawBson.Elements(bytes))
        {
            if (element.Type != BsonType.Array || FieldNameCache.Get(element.Name) != name)
                continue;

            var result = new List<ReadOnlyMemory<byte>>();
            foreach (var item in RawBson.Elements(element.Value))
            {
                if (item.Type != BsonType.Document)
                    return null;

                _ = bytes.Overlaps(item.Value, out var offset);
                result.Add(Body.Slice(offset, item.Value.Length));
            }

            return result;
        }

        return null;
    }

    private BsonDocument DecodeArguments()
    {
        var result = new BsonDocument { AllowDuplicateNames = true };
        foreach (var element in RawBson.Elements(Body.Span))
        {
            var name = FieldNameCache.Get(element.Name);
            var isBulk = name is "documents" or "updates" or "deletes" || (name is "ops" or "nsInfo" && Name == "bulkWrite");
            if (isBulk && element.Type == BsonType.Array)
                continue;

            result.Add(name, BsonDecoder.DecodeValue(element.Type, element.Value));
        }

        return result;
    }
}
