using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;

namespace EmbeddedMongo.Query;

/// <summary>The variables, the collation and the clock available to a filter, projection or update.</summary>
/// <param name="variables">The variables visible to <c>$expr</c> and computed fields, including those of the command's <c>let</c>.</param>
internal sealed class MatchContext(VariableScope variables)
{
    /// <summary>A context outside any command, with only the system variables and the system clock.</summary>
    public static MatchContext Default => Of(null);

    public VariableScope Variables { get; } = variables;

    /// <summary>The collation of comparisons; null for the simple one.</summary>
    public Collation? Collation => Variables.Context.Collation;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Creates a context outside any command with a collation.</summary>
    public static MatchContext Of(Collation? collation) =>
        new(VariableScope.CreateRoot(new EvaluationContext(TimeProvider.System) { Collation = collation }));
}
