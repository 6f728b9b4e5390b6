using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Storage;

/// <summary>Restricts an edit to versions that its author knows (RFC 9110, section 13.1.1).</summary>
internal static class VersionFilter
{
    /// <summary>Narrows a filter to documents with one of these versions; null leaves it unchanged.</summary>
    /// <returns>The same filter.</returns>
    internal static BsonDocument WithVersions(this BsonDocument filter, IReadOnlyCollection<long>? versions) =>
        versions is null ? filter : filter.Add(Lifecycle.Version, new BsonDocument("$in", new BsonArray(versions)));
}
