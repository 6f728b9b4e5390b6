using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmbeddedMongo.Storage;
using RocksDbSharp;

namespace EmbeddedMongo.Planning;

/// <summary>
/// A position in a collection's documents, which are stored in record order. Neighboring documents share a block of the store, which an
/// iterator reads and decompresses once. Documents are not copied.
/// </summary>
/// <param name="snapshot">The collection.</param>
/// <param name="keepInCache">Whether the blocks that are read replace others in the cache.</param>
internal sealed unsafe class DocumentCursor(CollectionSnapshot snapshot, bool keepInCache) : IDisposable
{
    /// <summary>Maximum number of documents to step over: about as expensive as a seek.</summary>
    private const int MaxSteps = 16;

    /// <summary>Approximate number of bytes to step over: about one block.</summary>
    private const int MaxStepBytes = 16 * 1024;

    private readonly Iterator _iterator = keepInCache || snapshot.Collection.FitsIntoCache ? snapshot.View.Iterate() : snapshot.View.Scan();
    private readonly byte[] _prefix = snapshot.Collection.DocumentPrefix;

    // Native memory, valid until the iterator moves. Each call of GetValueSpan would cross into native code.
    private byte* _document;
    private int _length;

    /// <summary>Record number of the current document.</summary>
    public long Record { get; private set; } = -1;

    /// <summary>Bytes of the current document, valid until the cursor moves.</summary>
    public ReadOnlySpan<byte> Document => new(_document, _length);

    public bool MoveToFirst()
    {
        SeekTo(snapshot.OldestRecord);
        return ReadRecord() && ReadDocument();
    }

    public bool MoveToLast()
    {
        _iterator.SeekForPrev((ReadOnlySpan<byte>)KeySpace.Prefix('d', snapshot.Collection.Id + 1));
        return ReadRecord() && ReadDocument();
    }

    public bool MoveNext()
    {
        _iterator.Next();
        return ReadRecord() && ReadDocument();
    }

    public bool MovePrevious()
    {
        _iterator.Prev();
        return ReadRecord() && ReadDocument();
    }

    /// <summary>
    /// Moves forward to a document. Returns false if there is none with this record number, which must be higher than in the last call.
    /// </summary>
    public bool MoveTo(long record)
    {
        var steps = record - Record;
        if (steps > MaxSteps || steps * _length > MaxStepBytes || Record < 0)
        {
            SeekTo(record);
            ReadRecord();
        }

        while (Record < record)
        {
            _iterator.Next();
            ReadRecord();
        }

        return Record == record && ReadDocument();
    }

    public void Dispose()
    {
        _length = 0;
        _iterator.Dispose();
    }

    private void SeekTo(long record)
    {
        Span<byte> key = stackalloc byte[KeySpace.DocumentKeyLength];
        KeySpace.DocumentKey(key, snapshot.Collection.Id, record);
        _iterator.Seek((ReadOnlySpan<byte>)key);
    }

    /// <summary>Reads the record number at the iterator. Returns false after the collection's last document.</summary>
    private bool ReadRecord()
    {
        Record = long.MaxValue;
        if (!_iterator.Valid())
            return false;

        var key = _iterator.GetKeySpan();
        if (!key.StartsWith(_prefix))
            return false;

        Record = KeySpace.RecordOf(key);
        return true;
    }

    private bool ReadDocument()
    {
        var value = _iterator.GetValueSpan();
        _document = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value));
        _length = value.Length;
        return true;
    }
}
