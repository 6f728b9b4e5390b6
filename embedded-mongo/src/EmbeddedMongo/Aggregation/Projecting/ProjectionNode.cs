using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Projecting;

/// <summary>
/// One level of a projection: the fields that are taken (or left out), those that are computed, and the nested levels.
/// Arrays are mapped over at every level but the first.
/// </summary>
internal sealed class ProjectionNode
{
    private readonly Dictionary<string, ProjectionNode> _children = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<(string Name, Expression? Value)> _computed = [];

    /// <summary>Whether anything below is computed.</summary>
    public bool Computes { get; private set; }

    public IEnumerable<string> Taken => _taken;

    public bool IsEmpty => _taken.Count == 0 && _children.Count == 0 && _computed.Count == 0;

    public void Take(string[] path) => Parent(path)._taken.Add(path[^1]);

    public void Compute(string[] path, Expression value)
    {
        var node = this;
        for (var i = 0; i < path.Length - 1; i++)
        {
            node.Computes = true;
            var known = node._children.ContainsKey(path[i]);
            var child = node.Child(path[i]);
            if (!known || !node._computed.Exists(c => c.Name == path[i]))
                node._computed.Add((path[i], null));
            node = child;
        }
        node.Computes = true;
        node._computed.Add((path[^1], value));
    }

    /// <summary>Keeps only what is taken, then adds what is computed. The context is bound to the whole document.</summary>
    public BsonDocument Include(BsonDocument document, EvaluationContext context)
    {
        var result = Filter(document, including: true);
        if (Computes)
            AddComputed(result, context);
        return result;
    }

    /// <summary>Keeps all but what is taken.</summary>
    public BsonDocument Exclude(BsonDocument document) => Filter(document, including: false);

    /// <summary>Keeps everything and adds what is computed.</summary>
    public BsonDocument Add(BsonDocument document, EvaluationContext context)
    {
        var result = NestedField.Copy(document);
        AddComputed(result, context);
        return result;
    }

    /// <summary>
    /// The top-level fields read by the computed values, by paths into existing fields and (for an inclusion) those taken.
    /// </summary>
    public void CollectFields(FieldSet into, bool including)
    {
        foreach (var name in including ? _taken : [])
            into.Add(name);
        foreach (var (name, child) in _children)
        {
            into.Add(name);
            child.CollectComputed(into);
        }
        CollectComputed(into);
    }

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
            if (_taken.Contains(element.Name))
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

    /// <summary>Under an inclusion a scalar is dropped, under an exclusion it stays.</summary>
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
                // A computed field below replaces the scalar later, at its place.
                return including && !Computes ? null : value;
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

    /// <summary>Into a document, into each element of an array; anything else gives way to a new document.</summary>
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
                var fresh = new BsonDocument();
                AddComputed(fresh, context);
                return fresh;
        }
    }

    private ProjectionNode Parent(string[] path)
    {
        var node = this;
        for (var i = 0; i < path.Length - 1; i++)
            node = node.Child(path[i]);
        return node;
    }

    private ProjectionNode Child(string name)
    {
        if (!_children.TryGetValue(name, out var child))
            _children[name] = child = new ProjectionNode();
        return child;
    }
}
