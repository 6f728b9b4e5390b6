using RocksDbSharp;

namespace EmbeddedMongo.Storage;

/// <summary>
/// The documents that a write unit removes from a full capped collection, oldest first: the stored ones, then those that the unit itself
/// has inserted. The caller deletes every document that it moves to.
/// </summary>
internal sealed class OldestDocuments(Collection collection) : IDisposable
{
    private readonly Queue<(long Record, byte[] Document)> _inserted = new();
    private ReadView? _view;
    private Iterator? _stored;
    private bool _storedEnded;
    private (long Record, byte[] Document) _current;

    /// <summary>Record number of the current document.</summary>
    public long Record => _storedEnded ? _current.Record : KeySpace.RecordOf(_stored!.GetKeySpan());

    /// <summary>Bytes of the current document, valid until the next move.</summary>
    public ReadOnlySpan<byte> Document => _storedEnded ? _current.Document : _stored!.GetValueSpan();

    /// <summary>Adds a document that the unit inserts.</summary>
    public void Add(long record, ReadOnlySpan<byte> document) => _inserted.Enqueue((record, document.ToArray()));

    public bool MoveNext()
    {
        if (!_storedEnded && MoveNextStored())
            return true;

        _storedEnded = true;
        return _inserted.TryDequeue(out _current);
    }

    /// <summary>Starts again after the changes of the unit were written.</summary>
    public void Reset()
    {
        _stored?.Dispose();
        _view?.Dispose();
        (_stored, _view, _storedEnded) = (null, null, false);
        _inserted.Clear();
    }

    public void Dispose() => Reset();

    private bool MoveNextStored()
    {
        if (_stored is null)
        {
            _view = collection.Engine.OpenView();
            _stored = _view.Iterate();
            Span<byte> first = stackalloc byte[KeySpace.DocumentKeyLength];
            KeySpace.DocumentKey(first, collection.Id, collection.OldestRecord);
            _stored.Seek((ReadOnlySpan<byte>)first);
        }
        else
        {
            _stored.Next();
        }

        return _stored.Valid() && _stored.GetKeySpan().StartsWith(collection.DocumentPrefix);
    }
}
