using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Storage;

/// <summary>Lets an edit meet only a version that its author knows (RFC 9110, section 13.1.1).</summary>
internal static class VersionFilter
{
    /// <summary>Narrows a filter to documents of one of these versions; null leaves it as it is.</summary>
    /// <returns>The filter itself.</returns>
    internal static BsonDocument WithVersions(this BsonDocument filter, IReadOnlyCollection<long>? versions) =>
        versions is null ? filter : filter.Add(Lifecycle.Version, new BsonDocument("$in", new BsonArray(versions)));
}
