using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Query.Projecting;

/// <summary>
/// One level of a projection: the fields that are kept (or dropped), have subfields in the projection, or are computed. Arrays on the
/// path are mapped: an inclusion drops their scalars, an exclusion keeps them, a computed field turns them into documents.
/// </summary>
internal sealed class ProjectionNode
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    private readonly record struct Entry(ProjectionNode? Node, ComputedField? Computed);

    /// <summary>Whether any field at or below this level is computed. If so, the level is created where the document lacks it.</summary>
    public bool HasComputed { get; private set; }

    public int Count => _order.Count;

    /// <summary>Whether all fields are kept (or dropped) as a whole.</summary>
    public bool IsFlat => _entries.Values.All(static entry => entry is { Node: null, Computed: null });

    /// <summary>Adds a path to keep or drop, or to compute.</summary>
    /// <exception cref="MongoErrorException">31250 and 31249 if paths overlap.</exception>
    public void Add(ReadOnlySpan<string> path, string fullPath, ComputedField? computed)
    {
        HasComputed |= computed is not null;
        var exists = _entries.TryGetValue(path[0], out var entry);
        if (path.Length == 1)
        {
            if (exists)
                throw MongoErrorException.Location(31250, $"Path collision at {fullPath}");

            Insert(path[0], new Entry(null, computed));
            return;
        }

        if (exists && entry.Node is null)
        {
            throw MongoErrorException.Location(
                31249,
                $"Path collision at {fullPath} remaining portion {string.Join('.', path[1..].ToArray())}"
            );
        }

        if (!exists)
        {
            entry = new Entry(new ProjectionNode(), null);
            Insert(path[0], entry);
        }

        entry.Node!.Add(path[1..], fullPath, computed);
    }

    /// <summary>Returns the listed fields in the document's order, followed by the computed fields in the projection's order.</summary>
    public BsonDocument Include(BsonDocument document, BsonDocument root)
    {
        var result = new BsonDocument();
        for (var i = 0; i < document.ElementCount; i++)
        {
            var element = document.GetElement(i);
            if (!_entries.TryGetValue(element.Name, out var entry) || entry.Computed is not null)
                continue;

            var value = entry.Node is null ? element.Value : IncludeIn(entry.Node, element.Value, root);
            if (value is not null)
                result.Add(element.Name, value);
        }

        return HasComputed ? Compute(result, root) : result;
    }

    /// <summary>Returns all fields except the listed ones. An <c>$elemMatch</c> field keeps its position.</summary>
    public BsonDocument Exclude(BsonDocument document, BsonDocument root)
    {
        var result = new BsonDocument();
        for (var i = 0; i < document.ElementCount; i++)
        {
            var element = document.GetElement(i);
            if (!_entries.TryGetValue(element.Name, out var entry))
                result.Add(element);
            else if (entry.Node is not null)
                result.Add(element.Name, ExcludeIn(entry.Node, element.Value, root));
            else if (entry.Computed?.Evaluate(root) is { } value)
                result.Add(element.Name, value);
        }

        return result;
    }

    public void CollectFields(FieldSet into)
    {
        foreach (var name in _order)
            into.Add(name);

        CollectComputed(into);
    }

    private void CollectComputed(FieldSet into)
    {
        foreach (var entry in _entries.Values)
        {
            entry.Computed?.CollectFields(into);
            entry.Node?.CollectComputed(into);
        }
    }

    private BsonDocument Compute(BsonDocument result, BsonDocument root)
    {
        foreach (var name in _order)
        {
            var entry = _entries[name];
            if (entry.Computed is not null)
            {
                if (entry.Computed.Evaluate(root) is { } value)
                    result[name] = value;
            }
            else if (entry.Node is { HasComputed: true } node && !result.Contains(name))
            {
                result[name] = node.Compute([], root);
            }
        }

        return result;
    }

    private static BsonValue? IncludeIn(ProjectionNode node, BsonValue value, BsonDocument root)
    {
        switch (value)
        {
            case BsonDocument document:
                return node.Include(document, root);
            case BsonArray array:
                var result = new BsonArray();
                for (var i = 0; i < array.Count; i++)
                {
                    if (IncludeIn(node, array[i], root) is { } item)
                        result.Add(item);
                }

                return result;
            default:
                return node.HasComputed ? node.Compute([], root) : null;
        }
    }

    private static BsonValue ExcludeIn(ProjectionNode node, BsonValue value, BsonDocument root)
    {
        switch (value)
        {
            case BsonDocument document:
                return node.Exclude(document, root);
            case BsonArray array:
                var result = new BsonArray(array.Count);
                for (var i = 0; i < array.Count; i++)
                    result.Add(ExcludeIn(node, array[i], root));

                return result;
            default:
                return value;
        }
    }

    private void Insert(string name, Entry entry)
    {
        _entries.Add(name, entry);
        _order.Add(name);
    }
}
