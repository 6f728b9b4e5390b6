using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;

namespace EmbeddedMongo.Commands;

/// <summary>
/// What a command's filters, projections and updates may refer to: the variables of its <c>let</c>, and the time of its start.
/// </summary>
internal static class Filters
{
    public static MatchContext Context(OperationContext operation) => Context(operation, operation.Arguments);

    /// <summary>As above, for a command inside another one (explain).</summary>
    public static MatchContext Context(OperationContext operation, CommandArguments arguments)
    {
        var scope = VariableScope.CreateRoot(
            new EvaluationContext(operation.Server.Time) { CheckInterrupted = operation.CheckInterrupted }
        );
        if (arguments.GetDocument("let") is { } let)
            scope.DefineConstants(let);

        return new MatchContext(scope) { Clock = operation.Server.Time };
    }
}
