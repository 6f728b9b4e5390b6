using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$match.</summary>
internal sealed class MatchStage(MatchExpression filter) : Stage
{
    public MatchExpression Filter { get; } = filter;

    public override bool IsPerDocument => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context) =>
        spec is BsonDocument document
            ? [new MatchStage(MatchParser.Parse(document, new MatchContext(context.Scope)))]
            : throw MongoErrorException.Location(15959, "the match filter must be an expression in an object");

    public MatchStage And(MatchStage next) => new(new AndExpression([.. GetClauses(Filter), .. GetClauses(next.Filter)]));

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

    private static MatchExpression[] GetClauses(MatchExpression filter) => filter is AndExpression and ? and.Children : [filter];
}
