using MongoDB.Bson;

namespace EmbeddedMongo.Bson;

/// <summary>MongoDB's limits (manual, "MongoDB Limits and Thresholds").</summary>
internal static class BsonLimits
{
    /// <summary>16 MiB: the largest document that a client may store.</summary>
    public const int MaxDocumentSize = 16 * 1024 * 1024;

    /// <summary>A command, or a document that the server builds itself, may be 16 KiB larger than a stored one.</summary>
    public const int MaxInternalDocumentSize = MaxDocumentSize + 16 * 1024;

    public const int MaxMessageSize = 48_000_000;

    public const int MaxWriteBatchSize = 100_000;

    /// <summary>Levels of nesting that a message may have.</summary>
    public const int MaxDepth = 200;

    /// <summary>Levels of nesting that a stored document may have.</summary>
    public const int MaxStoredDepth = 180;

    /// <summary>Binary subtype 2, whose data repeats its length; the driver's name for it is marked obsolete.</summary>
    public const BsonBinarySubType OldBinary = (BsonBinarySubType)2;
}
