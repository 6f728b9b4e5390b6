using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>
/// $facet: runs several pipelines over the same documents and yields one document with an array per pipeline. Passes the documents as rows
/// or in batches to the first blocking stage of each pipeline, so that only pipelines without one hold all documents in memory.
/// </summary>
internal sealed class FacetStage((string Name, Pipeline Pipeline)[] facets) : Stage
{
    private const int BatchSize = 128;

    public override bool IsBlocking => true;

    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonDocument { ElementCount: > 0 } document)
            throw MongoErrorException.Location(40169, $"the $facet specification must be a non-empty object, but found: {spec}");
        var facets = new List<(string, Pipeline)>();
        foreach (var facet in document)
        {
            Expressions.FieldPath.RequireName(facet.Name);
            if (facet.Name.Contains('.', StringComparison.Ordinal))
                throw MongoErrorException.Location(16412, "FieldPath field names may not contain '.'.");
            var stages =
                facet.Value as BsonArray
                ?? throw MongoErrorException.Location(
                    40170,
                    $"arguments to $facet must be arrays, {facet.Name} is type {Expressions.TypeNames.Of(facet.Value)}"
                );
            facets.Add((facet.Name, PipelineParser.Parse(stages, context.Nest(context.Scope, "$facet"))));
        }
        return [new FacetStage([.. facets])];
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context) =>
        RunRows(DecodedRow.Enumerate(input), context);

    public override IEnumerable<BsonDocument> RunRows(IEnumerable<IDocumentRow> rows, ExecutionContext context)
    {
        var bound = new MemoryBound("$facet", context.MemoryLimitBytes);
        var held = new List<BsonDocument>();
        var branches = Array.ConvertAll(facets, facet => new FacetBranch(facet.Pipeline, held, context));
        var byRow = Array.FindAll(branches, branch => branch.ReadsRows);
        var byBatch = Array.FindAll(branches, branch => !branch.ReadsRows);
        var holds = Array.Exists(branches, branch => branch.NeedsHeldDocuments);
        var batch = new List<BsonDocument>();
        foreach (var row in rows)
        {
            context.Tick();
            foreach (var branch in byRow)
                branch.Add(row);
            if (byBatch.Length == 0)
                continue;
            batch.Add(row.Document);
            if (batch.Count == BatchSize)
                AddBatch();
        }
        AddBatch();
        var result = new BsonDocument();
        for (var i = 0; i < facets.Length; i++)
        {
            var documents = new BsonArray();
            foreach (var document in branches[i].Complete())
            {
                bound.Add(document);
                documents.Add(document);
            }
            result.Add(facets[i].Name, documents);
        }
        yield return result;

        void AddBatch()
        {
            foreach (var branch in byBatch)
                branch.Add(batch);
            if (holds)
            {
                foreach (var document in batch)
                    bound.Add(document);
                held.AddRange(batch);
            }
            batch.Clear();
        }
    }

    public override bool CollectFields(FieldSet into)
    {
        foreach (var (_, pipeline) in facets)
        {
            if (pipeline.NeededFields() is { } needed)
                into.UnionWith(needed);
            else
                into.All = true;
        }
        return true;
    }
}
