using EmbeddedMongo.Expressions;

namespace EmbeddedMongo.Query;

/// <summary>What a filter, projection or update may refer to beside the document.</summary>
/// <param name="variables">The variables that <c>$expr</c> and computed fields see; a command's <c>let</c> is declared in them.</param>
internal sealed class MatchContext(VariableScope variables)
{
    /// <summary>A context without a command: system variables only, on the system's clock.</summary>
    public static MatchContext Default => new(VariableScope.CreateRoot(new EvaluationContext(TimeProvider.System)));

    public VariableScope Variables { get; } = variables;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
