using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Cursors;

/// <summary>Computed documents (of a pipeline or a listing), encoded on demand.</summary>
internal sealed class EncodedRows(IEnumerable<BsonDocument> documents, params IDisposable?[] owned) : RowStream
{
    private readonly IEnumerator<BsonDocument> _documents = documents.GetEnumerator();
    private readonly PooledBuffer _buffer = new();

    public override ReadOnlySpan<byte> Current => _buffer.WrittenSpan;

    public override bool MoveNext()
    {
        if (!_documents.MoveNext())
            return false;

        _buffer.Clear();
        BsonEncoder.WriteDocument(_buffer, _documents.Current);
        return _buffer.Length <= BsonLimits.MaxInternalDocumentSize
            ? true
            : throw new MongoErrorException(
                MongoErrorCodes.BsonObjectTooLarge,
                $"BSONObj size: {_buffer.Length} is invalid. Size must be between 0 and {BsonLimits.MaxInternalDocumentSize}(16MB)"
            );
    }

    public override void Dispose()
    {
        _documents.Dispose();
        _buffer.Dispose();
        foreach (var resource in owned)
            resource?.Dispose();
    }
}
