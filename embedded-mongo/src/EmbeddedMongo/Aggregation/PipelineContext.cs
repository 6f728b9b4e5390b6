using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;

namespace EmbeddedMongo.Aggregation;

/// <summary>The context in which a pipeline is parsed.</summary>
/// <param name="scope">Visible variables. The scope's evaluation context stores their values.</param>
internal sealed class PipelineContext(VariableScope scope)
{
    /// <summary>MongoDB's limit on the nesting of sub-pipelines.</summary>
    private const int MaxDepth = 20;

    private readonly int _depth;

    private PipelineContext(VariableScope scope, int depth, bool insideFacet)
        : this(scope)
    {
        _depth = depth;
        IsInsideFacet = insideFacet;
    }

    public VariableScope Scope { get; } = scope;

    /// <summary>Whether the stages belong to a $facet, which may not contain $facet or stages that must come first or last.</summary>
    public bool IsInsideFacet { get; }

    /// <summary>Returns the context of a sub-pipeline. Throws error 9 beyond 20 levels.</summary>
    public PipelineContext Nest(VariableScope scope, bool insideFacet = false) =>
        _depth < MaxDepth
            ? new PipelineContext(scope, _depth + 1, insideFacet)
            : throw new MongoErrorException(MongoErrorCodes.FailedToParse, "Maximum number of nested sub-pipelines exceeded. Limit is 20");
}
