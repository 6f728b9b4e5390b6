using MongoDB.Bson;
using MovieLms.EmbeddedMongo.Aggregation;
<<<<<<< HEAD
using MovieLms.EmbeddedMongo.Bson;
using MovieLms.EmbeddedMongo.Errors;
using MovieLms.EmbeddedMongo.Query;
using ExecutionContext = MovieLms.EmbeddedMongo.Aggregation.ExecutionContext;

namespace MovieLms.EmbeddedMongo.Update;

/// <summary>
/// An update that is an aggregation pipeline over the one document
/// (https://www.mongodb.com/docs/manual/tutorial/update-documents-with-aggregation-pipeline/).
/// </summary>
internal sealed class PipelineProgram : UpdateProgram
{
    private readonly Pipeline _pipeline;
    private readonly ExecutionContext _execution;

    private PipelineProgram(Pipeline pipeline, ExecutionContext execution) => (_pipeline, _execution) = (pipeline, execution);

    /// <exception cref="MongoErrorException">72 for a stage that an update may not have, and the stages' own errors.</exception>
    public static PipelineProgram Parse(BsonArray stages, MatchContext context)
    {
        foreach (var stage in stages)
        {
            if (stage is BsonDocument { ElementCount: > 0 } document && !IsAllowed(document.GetElement(0).Name))
            {
                throw new MongoErrorException(
                    MongoErrorCodes.InvalidOptions, $"{document.GetElement(0).Name} is not allowed to be used within an update");
            }
        }

        var pipeline = PipelineParser.Parse(stages, new PipelineContext(context.Variables));
        return new PipelineProgram(pipeline, new ExecutionContext(NoCollections.Instance, context.Variables.Context));
    }

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query)
    {
        foreach (var result in _pipeline.Run([document], _execution))
        {
            return KeepId(document, result);
        }

        throw new InvalidOperationException("A stage that passes every document on has dropped one.");
    }

    /// <summary>A pipeline that leaves the _id out (by $project or $replaceWith) keeps the one the document had.</summary>
    private static BsonDocument KeepId(BsonDocument document, BsonDocument result)
    {
        if (result.Contains("_id") || !document.TryGetValue("_id", out var id))
        {
            return result;
        }

        var kept = new BsonDocument("_id", id);
        kept.AddRange(result);
        return kept;
    }

    private static bool IsAllowed(string stage) =>
        stage is "$addFields" or "$set" or "$project" or "$unset" or "$replaceRoot" or "$replaceWith";

    /// <summary>None of the allowed stages reads a collection.</summary>
    private sealed class NoCollections : ICollectionReader
    {
        public static readonly NoCollections Instance = new();

        public IEnumerable<BsonDocument> Find(string collection, MatchExpression filter, FieldSet? needed) => [];

        public bool Exists(string collection) => false;

        public bool HasIndexOn(string collection, string path) => false;
    }
=======
using MovieLms.EmbeddedMongo.Query;
using MovieLms.EmbeddedMongo.Values;

namespace MovieLms.EmbeddedMongo.Update;

/// <summary>An update that computes the new document from the old one (manual: "Updates with Aggregation Pipeline"). The _id stays.</summary>
internal sealed class PipelineProgram(UpdatePipeline pipeline) : UpdateProgram
{
    protected override bool SameId(BsonValue before, BsonValue? after) => BsonOrder.Equals(before, after);

    protected override BsonDocument Transform(BsonDocument document, bool isInsert, MatchExpression query) =>
        ReplacementProgram.KeepId(document, pipeline.Apply(document));
>>>>>>> 91e62ea (Update by pipelines, and pass the smoke suites of PyMongo and Mongoose unmodified)
}
