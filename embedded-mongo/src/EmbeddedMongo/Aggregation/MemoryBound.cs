using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation;

/// <summary>
/// Tracks the memory of one blocking stage. Throws error 292 at the limit, unless the stage may use temporary files.
/// Sizes are estimates; the limit only protects the process.
/// </summary>
internal sealed class MemoryBound(string stage, long limitBytes)
{
    /// <summary>100 MB, MongoDB's limit for a blocking stage (manual: "Aggregation Pipeline Limits").</summary>
    public const long DefaultLimitBytes = 100L * 1024 * 1024;

    private long _used;

    /// <summary>Whether the stage writes temporary files at the limit, so that no error is thrown.</summary>
    public bool MaySpill { get; init; }

    public bool IsExceeded => _used > limitBytes;

    public void Add(long bytes) => SetUsage(_used + bytes);

    /// <summary>Sets the bytes in use, for stages that also release memory.</summary>
    public void SetUsage(long bytes)
    {
        _used = bytes;
        if (IsExceeded && !MaySpill)
        {
            throw new MongoErrorException(
                292,
                "QueryExceededMemoryLimitNoDiskUseAllowed",
                $"Exceeded memory limit for {stage}: it may hold {limitBytes} bytes. Only $group and $sort use temporary files, unless allowDiskUse is false."
            );
        }
    }

    public void Add(BsonValue? value) => Add(Estimate(value));

    /// <summary>Estimates the size of a value in bytes without encoding it.</summary>
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
