using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>
/// Counts what one blocking stage holds and stops it at the limit (error 292), as MongoDB does without allowDiskUse.
/// Sizes are estimates of the managed objects, not of their BSON: the bound is there to protect the process.
/// </summary>
internal sealed class MemoryBound(string stage, long limitBytes)
{
    /// <summary>100 MB, the limit of a blocking stage in MongoDB's manual ("Aggregation Pipeline Limits").</summary>
    public const long DefaultLimitBytes = 100L * 1024 * 1024;

    private long _held;

    public void Add(long bytes) => Hold(_held + bytes);

    /// <summary>Says how much is held now, where a stage also lets go of some.</summary>
    public void Hold(long bytes)
    {
        _held = bytes;
        if (_held > limitBytes)
        {
            throw new MongoErrorException(
                292,
                "QueryExceededMemoryLimitNoDiskUseAllowed",
                $"Exceeded memory limit for {stage}: it may hold {limitBytes} bytes, and this server does not spill to disk (allowDiskUse is not implemented)."
            );
        }
    }

    public void Add(BsonValue? value) => Add(Estimate(value));

    /// <summary>Roughly what a value takes as BSON, walked without encoding it.</summary>
    public static long Estimate(BsonValue? value)
    {
        switch (value)
        {
            case null:
                return 8;
            case BsonDocument document:
                long size = 16;
                for (var i = 0; i < document.ElementCount; i++)
                {
                    var element = document.GetElement(i);
                    size += element.Name.Length + 2 + Estimate(element.Value);
                }
                return size;
            case BsonArray array:
                long total = 16;
                for (var i = 0; i < array.Count; i++)
                    total += 3 + Estimate(array[i]);
                return total;
            case BsonString text:
                return text.Value.Length + 8;
            case BsonBinaryData binary:
                return binary.Bytes.Length + 8;
            default:
                return 16;
        }
    }
}
