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
internal sealed class GroupStage(Expression id, string[] names, Accumulator[] accumulators) : Stage
{
    /// <summary>Approximate bytes per group, in addition to its key and values.</summary>
    private const int GroupOverhead = 160;

    public override bool IsBlocking => true;

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
                    ? ExpressionParser.Parse(element.Value, context.Scope)
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

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var groups = new Dictionary<BsonValue, AccumulatorState[]>(BsonOrder.EqualityComparer!);
        var bound = new MemoryBound("$group", context.MemoryLimitBytes);
        var evaluation = context.Evaluation;
        foreach (var document in input)
        {
            context.Tick();
            evaluation.Bind(document);
            var key = id.Evaluate(evaluation) ?? BsonNull.Value;
            if (!groups.TryGetValue(key, out var states))
            {
                states = CreateStates();
                groups.Add(key, states);
                bound.Add(MemoryBound.Estimate(key) + GroupOverhead + 64L * states.Length);
            }
            for (var i = 0; i < states.Length; i++)
                accumulators[i].Accumulate(states[i], evaluation, bound);
        }
        foreach (var (key, states) in groups)
            yield return ToDocument(key, states);
    }

    public override bool CollectFields(FieldSet into)
    {
        id.CollectFields(into);
        foreach (var accumulator in accumulators)
            accumulator.CollectFields(into);
        return true;
    }

    private AccumulatorState[] CreateStates()
    {
        var states = new AccumulatorState[accumulators.Length];
        for (var i = 0; i < states.Length; i++)
            states[i] = accumulators[i].CreateState();
        return states;
    }

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
