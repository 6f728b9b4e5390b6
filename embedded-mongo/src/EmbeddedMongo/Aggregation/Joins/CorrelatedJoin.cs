using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Operators;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Joins;

/// <summary>
/// Joins by a sub-pipeline that reads variables of its $lookup. Its leading $match is split: clauses that do not depend on the
/// variables filter the foreign collection once, and an equality {$expr: {$eq: ["$field", "$$variable"]}} becomes a hash or
/// index lookup. The whole pipeline then runs over the candidates only.
/// </summary>
internal sealed class CorrelatedJoin : Join
{
    private readonly ExecutionContext _context;
    private readonly string _collection;
    private readonly Pipeline _pipeline;
    private readonly FieldSet? _needed;
    private readonly MatchExpression _independent = AlwaysTrueExpression.Instance;
    private readonly FieldPathExpression? _field;
    private readonly Expression? _value;
    private readonly bool _indexed;
    private readonly List<BsonValue> _key = [BsonNull.Value];
    private ForeignTable? _table;
    private bool _triedTable;

    public CorrelatedJoin(ExecutionContext context, string collection, Pipeline pipeline)
    {
        _context = context;
        _collection = collection;
        _pipeline = pipeline;
        _needed = pipeline.NeededFields();
        if (pipeline.Stages is [MatchStage match, ..])
        {
            var independent = new List<MatchExpression>();
            foreach (var clause in match.Filter is AndExpression and ? and.Children : [match.Filter])
            {
                if (clause is not ExprExpression expr)
                {
                    // Only $expr reads variables, but it may be nested in $or or $nor.
                    if (clause is PathExpression)
                        independent.Add(clause);
                }
                else if (_field is null && FindEquality(expr.Expression) is { } equality)
                {
                    (_field, _value) = equality;
                }
            }
            _independent = independent.Count switch
            {
                0 => AlwaysTrueExpression.Instance,
                1 => independent[0],
                _ => new AndExpression([.. independent]),
            };
        }
        _indexed = _field is not null && context.Collections.HasIndexOn(collection, string.Join('.', _field.Parts));
    }

    public override BsonArray Find(BsonDocument local) =>
        Collect(_pipeline.Run(FindCandidates(), _context), new MemoryBound("$lookup", _context.MemoryLimitBytes));

    private IEnumerable<BsonDocument> FindCandidates()
    {
        if (!_indexed && !_triedTable)
        {
            _triedTable = true;
            _table = ForeignTable.TryBuild(
                _context.Collections.Find(_collection, _independent, _needed),
                CollectKeys,
                _context.Evaluation.Collation,
                _context.MemoryLimitBytes,
                _context.Tick
            );
        }
        if (_table is not null)
        {
            _key[0] = _value is null ? BsonNull.Value : _value.Evaluate(_context.Evaluation) ?? BsonUndefined.Value;
            return _table.Find(_key).Cast<BsonDocument>();
        }
        if (_indexed)
        {
            // The index finds at least the matching documents (missing fields are stored as null), and the $match runs again.
            var value = _value!.Evaluate(_context.Evaluation);
            if (value is BsonArray)
            {
                // "$a.b" across an array of documents evaluates to an array, which no index stores.
                return _context.Collections.Find(_collection, _independent, _needed);
            }
            var equal = new ComparisonExpression(
                new BsonPath(string.Join('.', _field!.Parts)),
                ComparisonOperator.Eq,
                value.IsNullish() ? BsonNull.Value : value,
                _context.Evaluation.Collation
            );
            MatchExpression filter = _independent is AlwaysTrueExpression ? equal : new AndExpression([equal, _independent]);
            return _context.Collections.Find(_collection, filter, _needed);
        }
        return _context.Collections.Find(_collection, _independent, _needed);
    }

    private void CollectKeys(BsonDocument document, HashSet<BsonValue> into)
    {
        if (_field is null)
        {
            into.Add(BsonNull.Value);
            return;
        }
        into.Add(FieldPath.Read(document, _field.Parts) ?? BsonUndefined.Value);
    }

    private static (FieldPathExpression Field, Expression Value)? FindEquality(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression { Name: "$eq" } equality:
                return equality.Left is FieldPathExpression left && IsIndependent(equality.Right) ? (left, equality.Right)
                    : equality.Right is FieldPathExpression right && IsIndependent(equality.Left) ? (right, equality.Left)
                    : null;
            case LogicalExpression { IsAnd: true } and:
                foreach (var operand in and.Operands)
                {
                    if (FindEquality(operand!) is { } found)
                        return found;
                }
                return null;
            default:
                return null;
        }
    }

    /// <summary>Whether the value does not read the foreign document: a variable or a constant.</summary>
    private static bool IsIndependent(Expression value) =>
        value is ConstantExpression or VariableExpression { Slot: not (EvaluationContext.RootSlot or EvaluationContext.CurrentSlot) };
}
