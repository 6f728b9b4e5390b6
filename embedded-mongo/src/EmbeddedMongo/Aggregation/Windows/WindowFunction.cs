using EmbeddedMongo.Aggregation.Accumulators;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Windows;

/// <summary>A sorted partition of $setWindowFields.</summary>
/// <param name="Documents">Documents in sortBy order.</param>
/// <param name="SortKeys">Sort keys of the documents; null without sortBy.</param>
internal sealed record Partition(IReadOnlyList<BsonDocument> Documents, BsonValue[][]? SortKeys);

/// <summary>Computes one output field for every document of a partition.</summary>
internal abstract class WindowFunction
{
    /// <summary>Returns the values in partition order; null omits the field.</summary>
    public abstract BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound);

    public virtual void CollectFields(FieldSet into) { }
}

/// <summary>Applies $sum, $avg, $push and other accumulators to a window.</summary>
internal sealed class WindowAccumulator(Accumulator accumulator, Window window) : WindowFunction
{
    public override BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound)
    {
        var documents = partition.Documents;
        var keys = window.IsRange ? Array.ConvertAll(partition.SortKeys!, k => k[0]) : null;
        var spans = window.GetSpans(keys, documents.Count);
        var results = new BsonValue?[documents.Count];
        AccumulatorState? state = null;
        var (from, to) = (0, 0);
        for (var i = 0; i < results.Length; i++)
        {
            var span = spans[i];
            if (i > 0 && span == (from, to))
            {
                results[i] = results[i - 1];
                continue;
            }
            // A window that only grew keeps its state. One that lost documents starts over.
            if (state is null || span.From != from || span.To < to)
            {
                state = accumulator.CreateState();
                to = span.From;
            }
            for (var at = to; at < span.To; at++)
            {
                context.Tick();
                context.Evaluation.Bind(documents[at]);
                accumulator.Accumulate(state, context.Evaluation, bound);
            }
            (from, to) = span;
            results[i] = state.Result();
        }
        return results;
    }

    public override void CollectFields(FieldSet into) => accumulator.CollectFields(into);
}

/// <summary>$documentNumber, $rank and $denseRank.</summary>
internal sealed class RankFunction(SortSpec sort, bool byDocument, bool dense) : WindowFunction
{
    public override BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound)
    {
        var ranks = new BsonValue?[partition.Documents.Count];
        var rank = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            if (byDocument || i == 0 || sort.CompareKeys(partition.SortKeys![i], partition.SortKeys[i - 1]) != 0)
                rank = dense ? rank + 1 : i + 1;
            ranks[i] = rank;
        }
        return ranks;
    }
}

/// <summary>$shift: the value of the document a given number of positions before or after.</summary>
internal sealed class ShiftFunction(Expression output, long by, BsonValue? fallback) : WindowFunction
{
    public override BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound)
    {
        var values = new BsonValue?[partition.Documents.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var from = i + by;
            if (from < 0 || from >= values.Length)
            {
                values[i] = fallback ?? BsonNull.Value;
                continue;
            }
            context.Evaluation.Bind(partition.Documents[(int)from]);
            values[i] = output.Evaluate(context.Evaluation) ?? BsonNull.Value;
        }
        return values;
    }

    public override void CollectFields(FieldSet into) => output.CollectFields(into);
}
