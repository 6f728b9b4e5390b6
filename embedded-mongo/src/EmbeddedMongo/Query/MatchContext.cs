using EmbeddedMongo.Expressions;

namespace EmbeddedMongo.Query;

/// <summary>The variables and the clock available to a filter, projection or update.</summary>
/// <param name="variables">The variables visible to <c>$expr</c> and computed fields, including those of the command's <c>let</c>.</param>
internal sealed class MatchContext(VariableScope variables)
{
    /// <summary>A context outside any command, with only the system variables and the system clock.</summary>
    public static MatchContext Default => new(VariableScope.CreateRoot(new EvaluationContext(TimeProvider.System)));

    public VariableScope Variables { get; } = variables;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
