using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;

namespace EmbeddedMongo.Commands;

/// <summary>
/// Creates the context of a command's filters, projections and updates: the variables of <c>let</c> and the start time.
/// </summary>
internal static class Filters
{
    public static MatchContext CreateContext(OperationContext operation) => CreateContext(operation, operation.Arguments);

    /// <summary>Creates the context of a command that is nested in another one (explain).</summary>
    public static MatchContext CreateContext(OperationContext operation, CommandArguments arguments)
    {
        var scope = VariableScope.CreateRoot(
            new EvaluationContext(operation.Server.Time) { CheckInterrupted = operation.CheckInterrupted }
        );
        if (arguments.GetDocument("let") is { } let)
            scope.DefineConstants(let);

        return new MatchContext(scope) { Clock = operation.Server.Time };
    }
}
