using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using MongoDB.Bson;

namespace EmbeddedMongo.Storage;

/// <summary>What readers and planners know of a collection; replaced as a whole, never changed.</summary>
internal sealed class CollectionState
{
    public CollectionState(IReadOnlyList<IndexSpec> indexes, BsonDocument options, bool dropped = false)
    {
        Indexes = indexes;
        Options = options;
        Dropped = dropped;
        foreach (var index in indexes)
            IndexedFields.UnionWith(index.Needed);
    }

    /// <summary>The _id index first, the others in the order of their creation.</summary>
    public IReadOnlyList<IndexSpec> Indexes { get; }

    public IndexSpec IdIndex => Indexes[0];

    /// <summary>What <c>create</c> was given and <c>listCollections</c> shows.</summary>
    public BsonDocument Options { get; }

    public bool Dropped { get; }

    /// <summary>Top-level fields that any index needs of a document.</summary>
    public FieldSet IndexedFields { get; } = new();

    public IndexSpec? FindIndex(string name) => Indexes.FirstOrDefault(index => index.Name == name);

    public CollectionState With(IndexSpec replaced) =>
        new([.. Indexes.Select(index => index.Id == replaced.Id ? replaced : index)], Options);

    public CollectionState Plus(IndexSpec added) => new([.. Indexes, added], Options);

    public CollectionState Without(IndexSpec removed) => new([.. Indexes.Where(index => index.Id != removed.Id)], Options);

    public CollectionState AsDropped() => new(Indexes, Options, dropped: true);
}
