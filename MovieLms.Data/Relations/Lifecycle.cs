using MongoDB.Bson;

namespace MovieLms.Data.Relations;

/// <summary>The fields that mark a document as deleted or archived. A live document has none of them.</summary>
public static class Lifecycle
{
    /// <summary>When the document was deleted.</summary>
    public const string DeletedAt = "deletedAt";

    /// <summary>The operation that deleted it; absent if it was deleted by a single write instead of a cascade.</summary>
    public const string DeletedBy = "deletedBy";

    /// <summary>When the document was archived.</summary>
    public const string ArchivedAt = "archivedAt";

    /// <summary>The operation that archived it.</summary>
    public const string ArchivedBy = "archivedBy";

    internal const string Version = "version";
    internal const string UpdatedAt = "updatedAt";

    /// <summary>Returns a new filter for documents that are neither deleted nor archived, to which callers add their conditions.</summary>
    public static BsonDocument Live() => new() { { DeletedAt, BsonNull.Value }, { ArchivedAt, BsonNull.Value } };
}
