using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands;

/// <summary>
/// Creates the context of a command's filters, projections and updates: the variables of <c>let</c>, the collation and the start time.
/// </summary>
internal static class Filters
{
    public static MatchContext CreateContext(OperationContext operation) => CreateContext(operation, operation.Arguments);

    /// <summary>Creates the context of a command that is nested in another one (explain).</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="arguments">The command, with the collection's name and the variables.</param>
    /// <param name="statement">The statement of a write command, which has its own collation.</param>
    public static MatchContext CreateContext(OperationContext operation, CommandArguments arguments, CommandArguments? statement = null) =>
        CreateContext(operation, arguments, statement ?? arguments, FindCollection(operation, arguments));

    /// <summary>Creates the context of a statement on a collection that the command does not name (bulkWrite).</summary>
    public static MatchContext CreateContext(
        OperationContext operation,
        CommandArguments arguments,
        CommandArguments statement,
        Collection? collection
    )
    {
        var scope = VariableScope.CreateRoot(
            new EvaluationContext(operation.Server.Time)
            {
                CheckInterrupted = operation.CheckInterrupted,
                Collation = CollationArgument.Resolve(statement.GetDocument("collation"), collection?.State.Collation),
            }
        );
        if (arguments.GetDocument("let") is { } let)
            scope.DefineConstants(let);

        return new MatchContext(scope) { Clock = operation.Server.Time };
    }

    /// <summary>Returns the collection that a command names, or null if there is none.</summary>
    public static Collection? FindCollection(OperationContext operation, CommandArguments command) =>
        command.Value is BsonString name ? operation.Server.Catalog.Find(operation.Database, name.Value) : null;
}
