using MongoDB.Bson;

namespace MovieLms.Data.Relations;

/// <summary>Finds the GridFS files that documents reference.</summary>
internal static class EntityFiles
{
    /// <summary>Returns the IDs of the files that a document references.</summary>
    internal static IEnumerable<ObjectId> FilesOf(this Entity entity, BsonDocument document) =>
        entity.Files.SelectMany(path => Ids(document, path.Split('.')));

    /// <summary>Returns the IDs at a path. Descends into arrays.</summary>
    private static IEnumerable<ObjectId> Ids(BsonValue value, ReadOnlyMemory<string> path) =>
        value switch
        {
            BsonArray array => array.SelectMany(item => Ids(item, path)),
            BsonObjectId id when path.IsEmpty => [id.Value],
            BsonDocument document when !path.IsEmpty && document.TryGetValue(path.Span[0], out var next) => Ids(next, path[1..]),
            _ => [],
        };
}
