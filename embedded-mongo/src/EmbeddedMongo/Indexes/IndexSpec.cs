using EmbeddedMongo.Bson;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Indexes;

/// <summary>An immutable index of a collection. <see cref="Id"/> identifies its entries in storage.</summary>
internal sealed class IndexSpec
{
    public const string IdIndexName = "_id_";

    public IndexSpec(uint id, BsonDocument definition, MatchExpression? partialFilter, bool[]? multikey = null, IndexUses? uses = null)
    {
        Id = id;
        Uses = uses ?? new IndexUses();
        Definition = definition;
        Name = definition["name"].AsString;
        KeyPattern = definition["key"].AsBsonDocument;
        Unique = definition.GetValue("unique", false).ToBoolean() || IsIdIndex;
        Sparse = definition.GetValue("sparse", false).ToBoolean();
        Hidden = definition.GetValue("hidden", false).ToBoolean();
        PartialFilter = partialFilter;
        Collation = Collation.Of(definition);
        ExpireAfterSeconds = definition.TryGetValue("expireAfterSeconds", out var seconds) ? seconds.ToInt64() : null;
        Keys = new KeyGenerator([.. KeyPattern.Names]);
        Descending = [.. KeyPattern.Values.Select(direction => direction.ToDouble() < 0)];
        Multikey = multikey ?? new bool[Keys.Count];
        foreach (var path in Paths)
            Needed.Add(path.First);

        partialFilter?.CollectFields(Needed);
    }

    public uint Id { get; }

    /// <summary>The document that listIndexes returns: <c>{v: 2, key: {...}, name: "...", unique: true, ...}</c>.</summary>
    public BsonDocument Definition { get; }

    public string Name { get; }

    public BsonDocument KeyPattern { get; }

    public bool Unique { get; }

    public bool Sparse { get; }

    /// <summary>Whether the planner must not use the index, which is kept up to date nonetheless.</summary>
    public bool Hidden { get; }

    public MatchExpression? PartialFilter { get; }

    /// <summary>The collation whose sort keys take the place of strings in the index; null for the simple one.</summary>
    public Collation? Collation { get; }

    public long? ExpireAfterSeconds { get; }

    public KeyGenerator Keys { get; }

    public IReadOnlyList<BsonPath> Paths => Keys.Paths;

    public int FieldCount => Keys.Count;

    public bool[] Descending { get; }

    /// <summary>For each field, whether any document has had an array on its path.</summary>
    public bool[] Multikey { get; }

    public bool IsMultikey => Multikey.Contains(true);

    public bool IsIdIndex => Name == IdIndexName;

    /// <summary>Shared by all versions of the index.</summary>
    public IndexUses Uses { get; }

    /// <summary>The top-level fields that determine a document's entries.</summary>
    public FieldSet Needed { get; } = new();

    public IndexSpec WithMultikey(bool[] seen) => new(Id, Definition, PartialFilter, [.. Multikey.Zip(seen, (a, b) => a | b)], Uses);

    public IndexSpec WithDefinition(BsonDocument definition) => new(Id, definition, PartialFilter, Multikey, Uses);
}
