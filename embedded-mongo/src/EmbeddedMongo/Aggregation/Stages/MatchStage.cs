using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$match.</summary>
internal sealed class MatchStage(MatchExpression filter) : Stage
{
    // The path of a comparison with a top-level field.
    private readonly FieldPathExpression? _field = filter is ComparisonExpression { BsonPath.Length: 1 } comparison
        ? new FieldPathExpression([comparison.Path])
        : null;

    public MatchExpression Filter { get; } = filter;

    /// <summary>The conditions that a document must all meet.</summary>
    public IReadOnlyList<MatchExpression> Clauses => Filter is AndExpression and ? and.Children : [Filter];

    public override bool IsPerDocument => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context) =>
        spec is BsonDocument document
            ? [new MatchStage(MatchParser.Parse(document, new MatchContext(context.Scope)))]
            : throw MongoErrorException.Location(15959, "the match filter must be an expression in an object");

    public MatchStage And(MatchStage next) => new(new AndExpression([.. Clauses, .. next.Clauses]));

    /// <summary>Returns whether a row matches. For a comparison with a top-level field, reads only that.</summary>
    public bool Matches(IDocumentRow row) =>
        _field is not null && row.Read(_field) is not BsonArray and var value
            ? Filter.MatchesElement(value, null)
            : Filter.Matches(row.Document);

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        foreach (var document in input)
        {
            context.Tick();
            if (Filter.Matches(document))
                yield return document;
        }
    }

    public override bool CollectFields(FieldSet into)
    {
        Filter.CollectFields(into);
        return false;
    }
}
