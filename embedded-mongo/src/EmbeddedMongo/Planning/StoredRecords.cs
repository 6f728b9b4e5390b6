using EmbeddedMongo.Storage;

namespace EmbeddedMongo.Planning;

/// <summary>The documents of a set of records in storage order. Records without a document are left out.</summary>
internal sealed class StoredRecords(CollectionSnapshot snapshot, RecordSet records) : IDisposable
{
    /// <summary>The blocks of fewer documents are cached, since a similar query probably reads them again.</summary>
    private const int MinScan = 1_000;

    private readonly DocumentCursor _documents = new(snapshot, keepInCache: records.Count < MinScan);
    private readonly IEnumerator<long> _records = records.GetAscending().GetEnumerator();

    public long Record => _documents.Record;

    /// <summary>Bytes of the current document, valid until the next call of <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Document => _documents.Document;

    public bool MoveNext()
    {
        while (_records.MoveNext())
        {
            if (_documents.MoveTo(_records.Current))
                return true;
        }

        return false;
    }

    public void Dispose()
    {
        _records.Dispose();
        _documents.Dispose();
    }
}
