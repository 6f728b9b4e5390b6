using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Projecting;

/// <summary>
/// One level of a projection: the listed fields (to keep or to drop), the computed fields, and the nested levels.
/// Below the first level, a projection applies to each element of an array.
/// </summary>
internal sealed class ProjectionNode
{
    private readonly Dictionary<string, ProjectionNode> _children = new(StringComparer.Ordinal);
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly List<(string Name, Expression? Value)> _computed = [];

    /// <summary>Whether any field at this level or below is computed.</summary>
    public bool HasComputed { get; private set; }

    public bool IsEmpty => _listed.Count == 0 && _children.Count == 0 && _computed.Count == 0;

    public void AddListed(string[] path) => GetParent(path)._listed.Add(path[^1]);

    public void AddExpression(string[] path, Expression value)
    {
        var node = this;
        for (var i = 0; i < path.Length - 1; i++)
        {
            node.HasComputed = true;
            var exists = node._children.ContainsKey(path[i]);
            var child = node.GetOrAddChild(path[i]);
            if (!exists || !node._computed.Exists(c => c.Name == path[i]))
                node._computed.Add((path[i], null));
            node = child;
        }
        node.HasComputed = true;
        node._computed.Add((path[^1], value));
    }

    /// <summary>Keeps only the listed fields, then adds the computed ones. The context must be bound to the whole document.</summary>
    public BsonDocument Include(BsonDocument document, EvaluationContext context)
    {
        var result = Filter(document, including: true);
        if (HasComputed)
            AddComputed(result, context);
        return result;
    }

    /// <summary>Keeps all fields except the listed ones.</summary>
    public BsonDocument Exclude(BsonDocument document) => Filter(document, including: false);

    /// <summary>Keeps all fields and adds the computed ones.</summary>
    public BsonDocument Add(BsonDocument document, EvaluationContext context)
    {
        var result = NestedField.Copy(document);
        AddComputed(result, context);
        return result;
    }

    /// <summary>
    /// Adds the fields that the projection reads: those of computed values and nested paths and, for an inclusion, the
    /// listed fields.
    /// </summary>
    public void CollectFields(FieldSet into, bool including)
    {
        foreach (var name in including ? _listed : [])
            into.Add(name);
        foreach (var (name, child) in _children)
        {
            into.Add(name);
            child.CollectComputed(into);
        }
        CollectComputed(into);
    }

    /// <summary>Returns whether the projection changes none of the given fields. An inclusion keeps only the listed fields.</summary>
    public bool Keeps(FieldSet fields, bool including) =>
        !fields.All
        && fields.Names.All(name =>
            _listed.Contains(name) == including && !_children.ContainsKey(name) && !_computed.Exists(c => c.Name == name)
        );

    private void CollectComputed(FieldSet into)
    {
        foreach (var (_, value) in _computed)
            value?.CollectFields(into);
        foreach (var child in _children.Values)
            child.CollectComputed(into);
    }

    private BsonDocument Filter(BsonDocument document, bool including)
    {
        var result = new BsonDocument(allowDuplicateNames: true);
        for (var i = 0; i < document.ElementCount; i++)
        {
            var element = document.GetElement(i);
            if (_listed.Contains(element.Name))
            {
                if (including)
                    result.Add(element);
            }
            else if (_children.TryGetValue(element.Name, out var child))
            {
                if (child.FilterValue(element.Value, including) is { } value)
                    result.Add(element.Name, value);
            }
            else if (!including)
            {
                result.Add(element);
            }
        }
        result.AllowDuplicateNames = false;
        return result;
    }

    /// <summary>Filters a nested value. An inclusion drops scalars, an exclusion keeps them.</summary>
    private BsonValue? FilterValue(BsonValue value, bool including)
    {
        switch (value)
        {
            case BsonDocument document:
                return Filter(document, including);
            case BsonArray array:
                var mapped = new BsonArray(array.Count);
                for (var i = 0; i < array.Count; i++)
                {
                    if (FilterValue(array[i], including) is { } item)
                        mapped.Add(item);
                }
                return mapped;
            default:
                // A computed field below replaces the scalar later, in the same position.
                return including && !HasComputed ? null : value;
        }
    }

    private void AddComputed(BsonDocument into, EvaluationContext context)
    {
        foreach (var (name, value) in _computed)
        {
            if (value is null)
            {
                into[name] = _children[name].AddTo(into.TryGetValue(name, out var existing) ? existing : null, context);
            }
            else if (value.Evaluate(context) is { } computed)
            {
                context.ChargeLong(computed);
                into[name] = computed;
            }
            else
            {
                into.Remove(name);
            }
        }
    }

    /// <summary>Adds the computed fields to a document or to each element of an array. Replaces other values with a new document.</summary>
    private BsonValue AddTo(BsonValue? value, EvaluationContext context)
    {
        switch (value)
        {
            case BsonArray array:
                var mapped = new BsonArray(array.Count);
                for (var i = 0; i < array.Count; i++)
                    mapped.Add(AddTo(array[i], context));
                return mapped;
            case BsonDocument document:
                var copy = NestedField.Copy(document);
                AddComputed(copy, context);
                return copy;
            default:
                var created = new BsonDocument();
                AddComputed(created, context);
                return created;
        }
    }

    private ProjectionNode GetParent(string[] path)
    {
        var node = this;
        for (var i = 0; i < path.Length - 1; i++)
            node = node.GetOrAddChild(path[i]);
        return node;
    }

    private ProjectionNode GetOrAddChild(string name)
    {
        if (!_children.TryGetValue(name, out var child))
            _children[name] = child = new ProjectionNode();
        return child;
    }
}
