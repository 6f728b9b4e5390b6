using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Server;

/// <summary><c>currentOp</c>: the running commands. Other fields of the command are a filter on them.</summary>
internal sealed class CurrentOpCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["currentOp"];

    public void Execute(OperationContext operation)
    {
        if (operation.Database != "admin")
            throw new MongoErrorException(MongoErrorCodes.Unauthorized, "currentOp may only be run against the admin database.");

        var arguments = operation.Arguments;
        arguments.Ignore("$all", "$ownOps");
        var filter = new BsonDocument(
            arguments.Document.Skip(1).Where(field => field.Name is not ("$all" or "$ownOps") && !CommandArguments.IsGeneric(field.Name))
        );
        var matches = MatchParser.Parse(filter, MatchContext.Default);
        operation.Reply.Add("inprog", new BsonArray(OperationDescription.DescribeAll(operation).Where(matches.Matches)));
    }
}

/// <summary><c>killOp</c>: interrupts a running command (11601) at its next check.</summary>
internal sealed class KillOpCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["killOp"];

    public void Execute(OperationContext operation)
    {
        if (operation.Database != "admin")
            throw new MongoErrorException(MongoErrorCodes.Unauthorized, "killOp may only be run against the admin database.");

        var id = operation.Arguments.GetInt64("op") ?? throw operation.Arguments.Missing("op");
        operation.Arguments.RefuseUnknown();
        if (id is < int.MinValue or > int.MaxValue)
            throw MongoErrorException.Location(26823, $"invalid op : {id}");

        operation.Server.Operations.Kill((int)id);
        operation.Reply.Add("info", "attempting to kill op");
    }
}
