using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// $group: a hash table of groups, keyed by equality in BSON order. Yields the groups in the order of their first documents.
/// </summary>
internal sealed class GroupStage(Expression id, string[] names, Accumulator[] accumulators) : BlockingStage
{
    /// <summary>Approximate bytes per group, in addition to its key and values.</summary>
    private const int GroupOverhead = 160;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument document)
            throw MongoErrorException.Location(15947, "a group's fields must be specified in an object");
        Expression? id = null;
        var names = new List<string>();
        var accumulators = new List<Accumulator>();
        foreach (var element in document)
        {
            if (element.Name == "_id")
            {
                id = id is null
                    ? ParseKey(element.Value, context.Scope)
                    : throw MongoErrorException.Location(15948, "a group's _id may only be specified once");
                continue;
            }
            names.Add(AccumulatorParser.RequireFieldName(element.Name));
            accumulators.Add(AccumulatorParser.Parse(element.Name, element.Value, context.Scope));
        }
        return
        [
            new GroupStage(
                id ?? throw MongoErrorException.Location(15955, "a group specification must include an _id"),
                [.. names],
                [.. accumulators]
            ),
        ];
    }

    public override DocumentCollector CreateCollector(ExecutionContext context) => new Groups(id, names, accumulators, context);

    public override bool CollectFields(FieldSet into)
    {
        id.CollectFields(into);
        foreach (var accumulator in accumulators)
            accumulator.CollectFields(into);
        return true;
    }

    private static Expression ParseKey(BsonValue key, VariableScope scope)
    {
        var expression = ExpressionParser.Parse(key, scope);
        return expression is ObjectExpression document ? document.ToGroupKey() : expression;
    }

    private sealed class Groups(Expression id, string[] names, Accumulator[] accumulators, ExecutionContext context) : DocumentCollector
    {
        private readonly Dictionary<BsonValue, AccumulatorState[]> _groups = new(
            Collation.GetEqualityComparer(context.Evaluation.Collation)!
        );
        private readonly MemoryBound _bound = new("$group", context.MemoryLimitBytes);
        private readonly EvaluationContext _evaluation = context.Evaluation;

        public override void Add(IDocumentRow row)
        {
            _evaluation.Bind(row);
            var key = id.Evaluate(_evaluation) ?? BsonNull.Value;
            if (!_groups.TryGetValue(key, out var states))
            {
                states = Array.ConvertAll(accumulators, accumulator => accumulator.CreateState());
                _groups.Add(key, states);
                _bound.Add(MemoryBound.Estimate(key) + GroupOverhead + 64L * states.Length);
            }
            for (var i = 0; i < states.Length; i++)
                accumulators[i].Accumulate(states[i], _evaluation, _bound);
        }

        public override IEnumerable<BsonDocument> Complete() => _groups.Select(group => ToDocument(group.Key, group.Value));

        private BsonDocument ToDocument(BsonValue key, AccumulatorState[] states)
        {
            var group = new BsonDocument("_id", key);
            for (var i = 0; i < states.Length; i++)
            {
                if (states[i].Result() is { } value)
                    group[names[i]] = value;
            }
            return group;
        }
    }
}
