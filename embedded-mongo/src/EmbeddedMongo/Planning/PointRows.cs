using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Planning;

/// <summary>
/// The document with a given _id, read with two lookups. No snapshot is needed: the _id index is never dropped on its own, and a document
/// deleted between the two lookups counts as not found.
/// </summary>
internal sealed class PointRows(Collection collection, BsonValue id, FindQuery query) : RowStream
{
    private readonly PooledBuffer _stored = new();
    private PooledBuffer? _projected;
    private bool _done;

    public override ReadOnlySpan<byte> Current => (_projected ?? _stored).WrittenSpan;

    public override bool MoveNext()
    {
        if (_done || query.Skip > 0)
            return false;

        _done = true;
        collection.State.IdIndex.Uses.Add();
        var key = KeyEncoder.Encode(id);
        var source = collection;
        while (source.FindUnique(source.State.IdIndex, key) is not { } record || !source.TryGetDocument(record, _stored))
        {
            if (source.State.Replacement is not { } replacement)
                return false;

            source = replacement;
        }

        if (query.Projection is { IsIdentity: false } projection)
        {
            _projected = new PooledBuffer();
            projection.Write(_projected, _stored.WrittenSpan);
        }

        return true;
    }

    public override void Dispose()
    {
        _stored.Dispose();
        _projected?.Dispose();
    }
}
