using MongoDB.Bson;

namespace MovieLms.Data.Relations;

/// <summary>The fields that say whether a document is there. A live one has none of them.</summary>
public static class Lifecycle
{
    /// <summary>When it was deleted.</summary>
    public const string DeletedAt = "deletedAt";

    /// <summary>The operation that deleted it; absent when it was deleted on its own.</summary>
    public const string DeletedBy = "deletedBy";

    /// <summary>When it was archived.</summary>
    public const string ArchivedAt = "archivedAt";

    /// <summary>The operation that archived it.</summary>
    public const string ArchivedBy = "archivedBy";

    internal const string Version = "version";
    internal const string UpdatedAt = "updatedAt";

    /// <summary>A filter for documents that are neither deleted nor archived; add the rest to it.</summary>
    public static BsonDocument Live() => new() { { DeletedAt, BsonNull.Value }, { ArchivedAt, BsonNull.Value } };
}
