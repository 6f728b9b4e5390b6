using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Storage;

/// <summary>The immutable metadata of a collection for readers and the planner. Changes replace the whole state.</summary>
internal sealed class CollectionState
{
    public CollectionState(IReadOnlyList<IndexSpec> indexes, BsonDocument options, bool dropped = false)
    {
        Indexes = indexes;
        Options = options;
        Dropped = dropped;
        Capped = CappedLimits.Read(options);
        Collation = Collation.Of(options);
        foreach (var index in indexes)
            IndexedFields.UnionWith(index.Needed);

        FieldPositions = [.. indexes.Select(GetFieldPositions)];
    }

    /// <summary>The indexes: the _id index first, then the others in creation order.</summary>
    public IReadOnlyList<IndexSpec> Indexes { get; }

    public IndexSpec IdIndex => Indexes[0];

    /// <summary>The options of <c>create</c>, which <c>listCollections</c> returns.</summary>
    public BsonDocument Options { get; }

    /// <summary>The limits of a capped collection; null for other collections.</summary>
    public CappedLimits? Capped { get; }

    /// <summary>The collation of operations that specify none, and of new indexes.</summary>
    public Collation? Collation { get; }

    public bool Dropped { get; }

    /// <summary>The top-level fields that any index reads.</summary>
    public FieldSet IndexedFields { get; } = new();

    /// <summary>
    /// For each index, the positions of its fields in <see cref="IndexedFields"/>. Null for an index with dotted paths or a filter, whose
    /// entries do not depend on these values alone.
    /// </summary>
    public IReadOnlyList<int[]?> FieldPositions { get; }

    public IndexSpec? FindIndex(string name) => Indexes.FirstOrDefault(index => index.Name == name);

    /// <summary>Returns the indexes with a key pattern, which can be several with different options.</summary>
    public List<IndexSpec> FindIndexes(BsonDocument keyPattern) =>
        Indexes.Where(index => IndexDefinition.SamePattern(index.KeyPattern, keyPattern)).ToList();

    public CollectionState WithReplaced(IndexSpec replaced) =>
        new([.. Indexes.Select(index => index.Id == replaced.Id ? replaced : index)], Options);

    public CollectionState WithAdded(IndexSpec added) => new([.. Indexes, added], Options);

    public CollectionState WithRemoved(IndexSpec removed) => new([.. Indexes.Where(index => index.Id != removed.Id)], Options);

    public CollectionState WithOptions(BsonDocument options) => new(Indexes, options);

    public CollectionState AsDropped() => new(Indexes, Options, dropped: true);

    private int[]? GetFieldPositions(IndexSpec index) =>
        index.PartialFilter is null && index.Paths.All(path => path.Length == 1)
            ? [.. index.Paths.Select(path => IndexedFields.IndexOf(Encoding.UTF8.GetBytes(path.Path)))]
            : null;
}
