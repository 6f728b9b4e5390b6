using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Runs the operations of the specifications on a database with the driver.</summary>
internal static class DatabaseOperations
{
    /// <exception cref="SkippedTestException">The runner does not have the operation.</exception>
    public static async Task<BsonValue?> RunAsync(IMongoDatabase database, string name, BsonDocument arguments)
    {
        if (arguments.Contains("session") || arguments.Contains("readPreference"))
            throw new SkippedTestException("sessions and read preferences of database operations");

        switch (name)
        {
            case "aggregate":
                var parsed = new OperationArguments(arguments);
                var (pipeline, options) = (parsed.Pipeline, CollectionOperations.CreateAggregateOptions(parsed));
                parsed.RequireAllRead();
                return await CollectionOperations.ToArrayAsync(
                    await database.AggregateAsync(
                        PipelineDefinition<NoPipelineInput, BsonDocument>.Create(
                            arguments["pipeline"].AsBsonArray.Select(static stage => stage.AsBsonDocument)
                        ),
                        options
                    )
                );
            case "createCollection":
                return await RunCommandAsync(database, "create", arguments);
            case "modifyCollection":
                return await RunCommandAsync(database, "collMod", arguments);
            case "dropCollection":
                await database.DropCollectionAsync(arguments["collection"].AsString);
                return null;
            case "listCollections":
                return await CollectionOperations.ToArrayAsync(
                    await database.ListCollectionsAsync(
                        new ListCollectionsOptions { Filter = arguments.GetValue("filter", new BsonDocument()).AsBsonDocument }
                    )
                );
            case "runCommand":
                return await database.RunCommandAsync<BsonDocument>(arguments["command"].AsBsonDocument);
            default:
                throw new SkippedTestException($"the operation {name}");
        }
    }

    // The options of both operations have the names of the command's fields.
    private static async Task<BsonValue?> RunCommandAsync(IMongoDatabase database, string command, BsonDocument arguments) =>
        await database.RunCommandAsync<BsonDocument>(
            new BsonDocument(command, arguments["collection"]).AddRange(arguments.Where(static argument => argument.Name != "collection"))
        );
}
