using EmbeddedMongo.Commands.Schema;
using EmbeddedMongo.Commands.Server;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Queries;

/// <summary>
/// <c>$collStats</c>, <c>$indexStats</c> and <c>$currentOp</c>, which must be the first stage: they yield documents about the collection or
/// the server instead of those of the collection.
/// </summary>
internal static class StatisticsStages
{
    /// <summary>Returns the documents of the first stage, or null if it is another stage.</summary>
    public static IEnumerable<BsonDocument>? Read(OperationContext operation, string? collection, BsonArray stages)
    {
        if (stages.FirstOrDefault() is not BsonDocument { ElementCount: 1 } stage)
            return null;

        var (name, value) = (stage.GetElement(0).Name, stage.GetElement(0).Value);
        if (name == "$currentOp")
            return ReadOperations(operation, collection, value);

        if (name is not ("$collStats" or "$indexStats"))
            return null;

        if (collection is null)
            throw new MongoErrorException(MongoErrorCodes.InvalidNamespace, $"{name} requires a collection");

        if (value is not BsonDocument spec)
        {
            throw name == "$collStats"
                ? MongoErrorException.TypeMismatch($"$collStats must take a nested object but found: {value}")
                : MongoErrorException.Location(28803, "The $indexStats stage specification must be an empty object");
        }

        return name == "$collStats" ? [ReadCollection(operation, collection, spec)] : ReadIndexes(operation, collection, spec);
    }

    private static BsonDocument ReadCollection(OperationContext operation, string name, BsonDocument spec)
    {
        var arguments = new CommandArguments("$collStats", spec);
        var latencies = arguments.GetDocument("latencyStats");
        var storage = arguments.GetDocument("storageStats");
        var count = arguments.GetDocument("count");
        foreach (var option in spec.Names)
        {
            if (option is not ("latencyStats" or "storageStats" or "count"))
                throw CommandArguments.Unknown(arguments.Command, option);
        }

        if (latencies is not null)
            throw MongoErrorException.CommandNotSupported("latencyStats of $collStats is not supported by the embedded server");

        var collection = operation.Server.Catalog.Find(operation.Database, name);
        var result = new BsonDocument
        {
            { "ns", $"{operation.Database}.{name}" },
            { "host", $"localhost:{operation.Server.Port}" },
            { "localTime", new BsonDateTime(operation.Server.Time.GetUtcNow().ToUnixTimeMilliseconds()) },
        };
        if (storage is not null)
        {
            var scale = new CommandArguments("$collStats.storageStats", storage).GetInt64("scale") ?? 1;
            if (scale < 1)
                throw new MongoErrorException(51024, $"BSON field 'scale' value must be >= 1, actual value '{scale}'");

            result.Add("storageStats", CollectionStatistics.Describe(operation.Server, collection, scale));
        }

        if (count is not null)
            result.Add("count", collection?.Totals().Count ?? throw MongoErrorException.NamespaceNotFound($"{operation.Database}.{name}"));

        return result;
    }

    private static IEnumerable<BsonDocument> ReadOperations(OperationContext operation, string? collection, BsonValue value)
    {
        if (collection is not null || operation.Database != "admin")
        {
            throw new MongoErrorException(
                MongoErrorCodes.InvalidNamespace,
                "$currentOp must be run against the 'admin' database with {aggregate: 1}"
            );
        }

        if (value is not BsonDocument spec)
            throw MongoErrorException.FailedToParse($"$currentOp options must be specified in an object, but found: {value.BsonType}");

        foreach (var option in spec)
        {
            if (option.Name is not ("allUsers" or "idleConnections" or "idleCursors" or "idleSessions" or "localOps" or "truncateOps"))
                throw MongoErrorException.FailedToParse($"Unrecognized option '{option.Name}' in $currentOp stage.");

            if (option.Value is not BsonBoolean)
                throw MongoErrorException.FailedToParse($"The '{option.Name}' parameter of the $currentOp stage must be a boolean value");
        }

        return OperationDescription.DescribeAll(operation);
    }

    private static IEnumerable<BsonDocument> ReadIndexes(OperationContext operation, string name, BsonDocument spec)
    {
        if (spec.ElementCount > 0)
            throw MongoErrorException.Location(28803, "The $indexStats stage specification must be an empty object");

        return operation.Server.Catalog.Find(operation.Database, name) is { } collection
            ? CollectionStatistics.DescribeIndexes(operation.Server, collection)
            : [];
    }
}
