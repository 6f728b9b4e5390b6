using MongoDB.Bson;

namespace EmbeddedMongo.Bson;

/// <summary>MongoDB's limits (manual, "MongoDB Limits and Thresholds").</summary>
internal static class BsonLimits
{
    /// <summary>Maximum size in bytes of a stored document: 16 MiB.</summary>
    public const int MaxDocumentSize = 16 * 1024 * 1024;

    /// <summary>Maximum size in bytes of a command or of a document that the server builds: 16 KiB more than a stored document.</summary>
    public const int MaxInternalDocumentSize = MaxDocumentSize + 16 * 1024;

    public const int MaxMessageSize = 48_000_000;

    public const int MaxWriteBatchSize = 100_000;

    /// <summary>Maximum nesting depth of a message.</summary>
    public const int MaxDepth = 200;

    /// <summary>Maximum nesting depth of a stored document.</summary>
    public const int MaxStoredDepth = 180;

    /// <summary>Binary subtype 2, whose data repeats its length. The driver marks its own constant as obsolete.</summary>
    public const BsonBinarySubType OldBinary = (BsonBinarySubType)2;
}
