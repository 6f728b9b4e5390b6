using System.Buffers.Binary;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Spilling;

/// <summary>A temporary file of BSON documents, which are written first and then read in the same order.</summary>
internal sealed class SpillFile(SpillArea area) : IDisposable
{
    private readonly FileStream _stream = area.Open();
    private readonly PooledBuffer _buffer = new();
    private long _bytes;

    /// <exception cref="MongoErrorException">14031 if the disk or the limit of all temporary files is reached.</exception>
    public void Write(BsonDocument document)
    {
        _buffer.Clear();
        BsonEncoder.WriteDocument(_buffer, document);
        area.Reserve(_buffer.Length);
        _bytes += _buffer.Length;
        try
        {
            _stream.Write(_buffer.WrittenSpan);
        }
        catch (IOException error)
        {
            throw SpillArea.CreateError(error.Message);
        }
    }

    public IEnumerable<BsonDocument> Read()
    {
        Rewind();
        while (ReadNext() is { } document)
            yield return document;
    }

    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // The disk is full, but the file is deleted, and nothing reads the rest of it.
        }
        finally
        {
            _buffer.Dispose();
            area.Release(_bytes);
            _bytes = 0;
        }
    }

    private void Rewind()
    {
        try
        {
            _stream.Position = 0;
        }
        catch (IOException error)
        {
            throw SpillArea.CreateError(error.Message);
        }
    }

    private BsonDocument? ReadNext()
    {
        _buffer.Clear();
        var prefix = _buffer.Append(sizeof(int));
        if (_stream.ReadAtLeast(prefix, sizeof(int), throwOnEndOfStream: false) == 0)
            return null;

        _stream.ReadExactly(_buffer.Append(BinaryPrimitives.ReadInt32LittleEndian(prefix) - sizeof(int)));
        return BsonDecoder.Decode(_buffer.WrittenSpan);
    }
}
