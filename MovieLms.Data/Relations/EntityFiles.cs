using MongoDB.Bson;

namespace MovieLms.Data.Relations;

/// <summary>Reads the GridFS files that documents name.</summary>
internal static class EntityFiles
{
    /// <summary>The IDs of the files that a document names.</summary>
    internal static IEnumerable<ObjectId> FilesOf(this Entity entity, BsonDocument document) =>
        entity.Files.SelectMany(path => Ids(document, path.Split('.')));

    /// <summary>The IDs at a path, through arrays.</summary>
    private static IEnumerable<ObjectId> Ids(BsonValue value, ReadOnlyMemory<string> path) =>
        value switch
        {
            BsonArray array => array.SelectMany(item => Ids(item, path)),
            BsonObjectId id when path.IsEmpty => [id.Value],
            BsonDocument document when !path.IsEmpty && document.TryGetValue(path.Span[0], out var next) => Ids(next, path[1..]),
            _ => [],
        };
}
