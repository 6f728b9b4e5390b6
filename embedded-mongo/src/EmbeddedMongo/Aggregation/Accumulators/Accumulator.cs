using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;

namespace EmbeddedMongo.Aggregation.Accumulators;

/// <summary>An accumulator as specified: what it takes of each document and the state that it makes for each group.</summary>
/// <param name="argument">The value taken.</param>
/// <param name="newState">A group's empty state.</param>
/// <param name="sort">The ranking of $top, $bottom and their N forms; null for the others.</param>
internal sealed class Accumulator(Expression argument, Func<AccumulatorState> newState, SortSpec? sort = null)
{
    private readonly Func<AccumulatorState> _newState = newState;

    public AccumulatorState NewState() => _newState();

    /// <summary>Takes the bound document into the state.</summary>
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
