using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Update;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>Applies a parsed update to stored documents, and enforces the limits of stored documents.</summary>
internal sealed class DocumentUpdater(UpdateProgram program, MatchExpression filter) : IDisposable
{
    private readonly PooledBuffer _buffer = new();

    /// <summary>Replaces the stored document with the updated one. Returns false if the update changes nothing.</summary>
    public bool Update(WriteUnit unit, long record, ReadOnlySpan<byte> stored, out BsonDocument document)
    {
        var before = BsonDecoder.Decode(stored);
        var result = program.Apply(before, filter);
        document = result.Document;
        if (!result.Modified)
            return false;

        unit.Replace(record, stored, Encode(document));
        return true;
    }

    /// <summary>Inserts the document that an upsert creates from the filter and the update.</summary>
    public BsonDocument Insert(WriteUnit unit)
    {
        var document = program.Upsert(filter);
        var bytes = Encode(document);
        if (RawBson.TryFind(bytes, "_id"u8, out var id))
            DocumentPreparation.CheckId(id.Type, id.Value);

        unit.Insert(bytes);
        return document;
    }

    public void Dispose() => _buffer.Dispose();

    private ReadOnlySpan<byte> Encode(BsonDocument document)
    {
        _buffer.Clear();
        BsonEncoder.WriteDocument(_buffer, document);
        if (_buffer.Length > BsonLimits.MaxDocumentSize)
            throw new MongoErrorException(17419, $"Resulting document after update is larger than {BsonLimits.MaxDocumentSize}");

        RawBson.Validate(_buffer.WrittenSpan, BsonLimits.MaxStoredDepth);
        return _buffer.WrittenSpan;
    }
}
