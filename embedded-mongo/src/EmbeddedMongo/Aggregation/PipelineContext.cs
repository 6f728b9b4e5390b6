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

    private PipelineContext(VariableScope scope, int depth, string container)
        : this(scope)
    {
        _depth = depth;
        Container = container;
    }

    public VariableScope Scope { get; } = scope;

    /// <summary>The stage whose sub-pipeline is parsed; null for the command's own pipeline.</summary>
    public string? Container { get; }

    /// <summary>Returns the context of a sub-pipeline of a stage. Throws error 9 beyond 20 levels.</summary>
    public PipelineContext Nest(VariableScope scope, string container) =>
        _depth < MaxDepth
            ? new PipelineContext(scope, _depth + 1, container)
            : throw new MongoErrorException(MongoErrorCodes.FailedToParse, "Maximum number of nested sub-pipelines exceeded. Limit is 20");
}
