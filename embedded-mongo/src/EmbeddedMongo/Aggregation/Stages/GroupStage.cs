using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Aggregation.Spilling;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// $group: a hash table of groups, keyed by equality in BSON order. Yields the groups in the order of their first documents. Beyond the
/// memory limit, it partitions the groups and yields them in any order.
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
        private readonly EvaluationContext _evaluation = context.Evaluation;
        private MemoryBound _bound = CreateBound(context);
        private GroupPartitions<AccumulatorState[]>? _partitions;

        public override void Add(IDocumentRow row)
        {
            _evaluation.Bind(row);
            var key = id.Evaluate(_evaluation) ?? BsonNull.Value;
            if (_partitions is not null)
            {
                _partitions.Add(key, row.Document);
                return;
            }

            Accumulate(_groups, key);
            if (_bound.IsExceeded)
            {
                _partitions = new GroupPartitions<AccumulatorState[]>(context.Spill!, _groups);
                _groups.Clear();
                _bound = CreateBound(context);
            }
        }

        public override IEnumerable<BsonDocument> Complete() =>
            _partitions is null ? _groups.Select(group => ToDocument(group.Key, group.Value)) : CompletePartitions();

        private IEnumerable<BsonDocument> CompletePartitions()
        {
            foreach (var groups in _partitions!.Complete(Accumulate))
            {
                _bound = CreateBound(context);
                foreach (var (key, states) in groups)
                    yield return ToDocument(key, states);
            }
        }

        /// <summary>Adds a document from a file, for which the memory limit applies again to each partition.</summary>
        private void Accumulate(Dictionary<BsonValue, AccumulatorState[]> groups, BsonValue key, BsonDocument document)
        {
            context.Tick();
            _evaluation.Bind(document);
            Accumulate(groups, key);
            if (_bound.IsExceeded)
            {
                throw new MongoErrorException(
                    MongoErrorCodes.ExceededMemoryLimit,
                    $"$group has more groups than temporary files allow: each of its partitions may hold {context.MemoryLimitBytes} bytes."
                );
            }
        }

        private void Accumulate(Dictionary<BsonValue, AccumulatorState[]> groups, BsonValue key)
        {
            if (!groups.TryGetValue(key, out var states))
            {
                states = Array.ConvertAll(accumulators, accumulator => accumulator.CreateState());
                groups.Add(key, states);
                _bound.Add(MemoryBound.Estimate(key) + GroupOverhead + 64L * states.Length);
            }
            for (var i = 0; i < states.Length; i++)
                accumulators[i].Accumulate(states[i], _evaluation, _bound);
        }

        private static MemoryBound CreateBound(ExecutionContext context) =>
            new("$group", context.MemoryLimitBytes) { MaySpill = context.Spill is not null };

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
