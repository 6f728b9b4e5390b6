using MovieLms.EmbeddedMongo.Commands.Queries;
using MovieLms.EmbeddedMongo.Commands.Schema;
using MovieLms.EmbeddedMongo.Commands.Server;
using MovieLms.EmbeddedMongo.Commands.Writes;

namespace MovieLms.EmbeddedMongo.Commands;

/// <summary>Every command that the server knows; all others are answered with 59 CommandNotFound.</summary>
internal static class CommandTable
{
    public static IReadOnlyList<ICommand> All() =>
    [
        new HelloCommand(), new ServerInfoCommands(), new SessionCommands(), new ReplicaSetCommands(),
        new FindCommand(), new GetMoreCommand(), new KillCursorsCommand(), new CountCommand(), new DistinctCommand(), new AggregateCommand(), new ExplainCommand(),
        new InsertCommand(), new UpdateCommand(), new DeleteCommand(), new FindAndModifyCommand(),
        new CreateCommand(), new DropCommand(), new DropDatabaseCommand(), new RenameCollectionCommand(),
        new CreateIndexesCommand(), new ListIndexesCommand(), new DropIndexesCommand(),
        new ListCollectionsCommand(), new ListDatabasesCommand(), new StatsCommands(),
    ];
}
