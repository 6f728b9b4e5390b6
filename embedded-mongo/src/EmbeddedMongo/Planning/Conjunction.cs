using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query.Matching;

namespace EmbeddedMongo.Planning;

/// <summary>A filter as a flat list of conditions that must all hold.</summary>
internal sealed class Conjunction
{
    private readonly Dictionary<PathExpression, FieldBounds?> _bounds = [];

    public Conjunction(MatchExpression filter) => Collect(filter);

    /// <summary>Conditions on a single path.</summary>
    public List<PathExpression> Conditions { get; } = [];

    /// <summary>Conditions on array elements, by full path. Matching documents have a matching key, but others may have one too.</summary>
    public List<(string Path, PathExpression Condition)> Elements { get; } = [];

    /// <summary>The <c>$or</c> conditions. The planner can execute one of them branch by branch.</summary>
    public List<OrExpression> Alternatives { get; } = [];

    /// <summary>Number of conditions that can only be checked on the document.</summary>
    public int Opaque { get; private set; }

    public bool AlwaysFalse { get; private set; }

    /// <summary>
    /// Returns the bounds of a condition in an index, or null if it has none or compares strings by another collation. They are built once
    /// for all indexes.
    /// </summary>
    public FieldBounds? GetBounds(PathExpression condition, IndexSpec index)
    {
        if (!condition.CanUse(index.Collation))
            return null;

        if (!_bounds.TryGetValue(condition, out var bounds))
            _bounds[condition] = bounds = BoundsBuilder.Build(condition);

        return bounds;
    }

    private void Collect(MatchExpression filter)
    {
        switch (filter)
        {
            case AlwaysTrueExpression:
                break;
            case AlwaysFalseExpression:
                AlwaysFalse = true;
                break;
            case AndExpression and:
                foreach (var child in and.Children)
                    Collect(child);

                break;
            case OrExpression { Children.Length: 1 } single:
                Collect(single.Children[0]);
                break;
            case OrExpression or:
                Alternatives.Add(or);
                break;
            case ElemMatchExpression elements:
                Opaque++;
                CollectElements(elements.Path, elements.Filter);
                break;
            case ElemMatchValueExpression values:
                Opaque++;
                CollectElementValues(values.Path, values.Condition);
                break;
            case PathExpression condition:
                Conditions.Add(condition);
                break;
            default:
                Opaque++;
                break;
        }
    }

    private void CollectElements(string path, MatchExpression filter)
    {
        foreach (var condition in filter is AndExpression and ? and.Children : [filter])
        {
            if (condition is ComparisonExpression or InExpression or RegexExpression)
            {
                var inner = (PathExpression)condition;
                Elements.Add(($"{path}.{inner.Path}", inner));
            }
        }
    }

    private void CollectElementValues(string path, MatchExpression filter)
    {
        foreach (var condition in filter is AndExpression and ? and.Children : [filter])
        {
            if (condition is ComparisonExpression or InExpression or RegexExpression)
                Elements.Add((path, (PathExpression)condition));
        }
    }
}
