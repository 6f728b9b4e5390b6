using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;

namespace EmbeddedMongo.Aggregation;

/// <summary>What a pipeline is parsed with.</summary>
/// <param name="scope">The visible variables, whose values live in the scope's evaluation context.</param>
internal sealed class PipelineContext(VariableScope scope)
{
    /// <summary>MongoDB's limit of pipelines inside pipelines.</summary>
    private const int MaxDepth = 20;

    private readonly int _depth;

    private PipelineContext(VariableScope scope, int depth, bool insideFacet)
        : this(scope)
    {
        _depth = depth;
        InsideFacet = insideFacet;
    }

    public VariableScope Scope { get; } = scope;

    /// <summary>Whether the stages are those of a $facet, which may hold neither another $facet nor stages that open a pipeline.</summary>
    public bool InsideFacet { get; }

    /// <summary>The context of a sub-pipeline (error 5 beyond 20 levels).</summary>
    public PipelineContext Nest(VariableScope scope, bool insideFacet = false) =>
        _depth < MaxDepth
            ? new PipelineContext(scope, _depth + 1, insideFacet)
            : throw new MongoErrorException(MongoErrorCodes.FailedToParse, "Maximum number of nested sub-pipelines exceeded. Limit is 20");
}
