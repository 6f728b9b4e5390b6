using MovieLms.EmbeddedMongo.Expressions;
using MovieLms.EmbeddedMongo.Query;

namespace MovieLms.EmbeddedMongo.Commands;

/// <summary>What a command's filters, projections and updates may refer to: the variables of its <c>let</c>, and the time of its start.</summary>
internal static class Filters
{
    public static MatchContext Context(OperationContext operation)
    {
        var scope = VariableScope.CreateRoot(new EvaluationContext(operation.Server.Time) { CheckInterrupted = operation.CheckInterrupted });
        if (operation.Arguments.GetDocument("let") is { } let)
        {
            scope.DefineConstants(let);
        }

        return new MatchContext(scope) { Clock = operation.Server.Time };
    }
}
