using EmbeddedMongo.Commands.Queries;
using EmbeddedMongo.Commands.Schema;
using EmbeddedMongo.Commands.Server;
using EmbeddedMongo.Commands.Writes;

namespace EmbeddedMongo.Commands;

/// <summary>All supported commands. Others fail with 115 CommandNotSupported or 59 CommandNotFound.</summary>
internal static class CommandTable
{
    public static IReadOnlyList<ICommand> All() =>
        [
            new HelloCommand(),
            new AuthenticationCommands(),
            new ServerInfoCommands(),
            new SessionCommands(),
            new ReplicaSetCommands(),
            new FindCommand(),
            new GetMoreCommand(),
            new KillCursorsCommand(),
            new CountCommand(),
            new DistinctCommand(),
            new AggregateCommand(),
            new ExplainCommand(),
            new InsertCommand(),
            new UpdateCommand(),
            new DeleteCommand(),
            new BulkWriteCommand(),
            new FindAndModifyCommand(),
            new CreateCommand(),
            new DropCommand(),
            new DropDatabaseCommand(),
            new RenameCollectionCommand(),
            new CreateIndexesCommand(),
            new ListIndexesCommand(),
            new DropIndexesCommand(),
            new ListCollectionsCommand(),
            new ListDatabasesCommand(),
            new StatsCommands(),
            new CollModCommand(),
            new ConvertToCappedCommand(),
            new ValidateCommand(),
            new CurrentOpCommand(),
            new KillOpCommand(),
        ];
}
