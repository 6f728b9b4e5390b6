using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>A parsed accumulator: the value that it reads from each document and the state that it creates for each group.</summary>
/// <param name="argument">Value to accumulate.</param>
/// <param name="createState">Creates the empty state of a group.</param>
/// <param name="sort">Sort order of $top, $bottom, $topN and $bottomN; null for other accumulators.</param>
internal sealed class Accumulator(Expression argument, Func<AccumulatorState> createState, SortSpec? sort = null)
{
    private readonly Func<AccumulatorState> _createState = createState;

    public AccumulatorState CreateState() => _createState();

    /// <summary>Adds the bound document to the state.</summary>
    public void Accumulate(AccumulatorState state, EvaluationContext context, MemoryBound bound)
    {
        if (!state.NeedsInput)
            return;
        var value = argument.Evaluate(context);
        if (sort is null)
            state.Add(value);
        else
            state.Add(sort.ExtractKey(context.Root), value);
        if (state.Grows)
            bound.Add(value);
    }

    public void CollectFields(FieldSet into)
    {
        argument.CollectFields(into);
        sort?.CollectFields(into);
    }
}
