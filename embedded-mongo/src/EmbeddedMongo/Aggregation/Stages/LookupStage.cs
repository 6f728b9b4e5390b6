using EmbeddedMongo.Aggregation.Joins;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$lookup, optionally merged with a following $unwind of its result, so that no array is built.</summary>
internal sealed class LookupStage(
    string? from,
    string[] target,
    int[] slots,
    Expression[] let,
    (string[] Local, string Foreign)? equality,
    Pipeline pipeline,
    UnwindStage? unwind = null,
    FieldSet? needed = null
) : Stage
{
    /// <summary>Top-level field that receives the result.</summary>
    public string AsField => target[0];

    public bool CanUnwind(UnwindStage next) => unwind is null && next.Path.AsSpan().SequenceEqual(target);

    public LookupStage WithUnwind(UnwindStage next) => new(from, target, slots, let, equality, pipeline, next);

    /// <summary>Returns the stage for a pipeline whose later stages read only the given fields; null for whole documents.</summary>
    public LookupStage WithLaterFields(FieldSet? fields)
    {
        if (fields is null || target.Length > 1)
            return this;
        var index = fields.IndexOf(AsField);
        return new(from, target, slots, let, equality, pipeline, unwind, index < 0 ? new FieldSet() : fields.NestedAt(index));
    }

    public override bool CanFilterBefore(FieldSet read) => unwind is null && !read.Contains(AsField);

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var join = CreateJoin(context);
        foreach (var document in input)
        {
            context.Tick();
            BindVariables(document, context.Evaluation);
            if (unwind is null)
            {
                yield return NestedField.With(document, target, join.Find(document));
                continue;
            }
            var found = join.Find(document);
            for (var i = 0; i < found.Count; i++)
            {
                context.Tick();
                yield return unwind.With(document, found[i], i);
            }
            if (found.Count == 0 && unwind.Preserve)
                yield return unwind.With(document, null, null);
        }
    }

    public override bool CollectFields(FieldSet into)
    {
        if (equality is { } fields)
            into.Add(fields.Local[0]);
        if (target.Length > 1)
            into.Add(target[0]);
        foreach (var value in let)
            value.CollectFields(into);
        return false;
    }

    private Join CreateJoin(ExecutionContext context)
    {
        if (equality is { } fields)
            return new EqualityJoin(context, from!, fields.Local, fields.Foreign, pipeline, IsCorrelated(context.Evaluation), needed);
        return IsCorrelated(context.Evaluation) && from is not null && !pipeline.GeneratesInput
            ? new CorrelatedJoin(context, from, pipeline)
            : new PipelineJoin(context, from, pipeline, IsCorrelated(context.Evaluation));
    }

    /// <summary>
    /// Whether the sub-pipeline reads a variable of this stage. Variables of outer stages do not change while this stage runs.
    /// </summary>
    private bool IsCorrelated(EvaluationContext evaluation) => Array.Exists(slots, evaluation.IsRead);

    private void BindVariables(BsonDocument document, EvaluationContext evaluation)
    {
        if (slots.Length == 0)
            return;
        evaluation.Bind(document);
        for (var i = 0; i < slots.Length; i++)
            evaluation[slots[i]] = let[i].Evaluate(evaluation);
    }
}
