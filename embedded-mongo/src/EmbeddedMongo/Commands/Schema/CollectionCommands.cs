using EmbeddedMongo.Errors;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>create</c>: plain and capped collections. Rejects time-series and clustered collections, views and validators.</summary>
internal sealed class CreateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["create"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        foreach (
            var option in (ReadOnlySpan<string>)
                [
                    "timeseries",
                    "clusteredIndex",
                    "viewOn",
                    "validator",
                    "expireAfterSeconds",
                    "changeStreamPreAndPostImages",
                    "encryptedFields",
                ]
        )
        {
            arguments.Refuse(option, static value => value is BsonBoolean { Value: false } or BsonDocument { ElementCount: 0 });
        }

        var collation = CollationArgument.ResolveNew(arguments.GetDocument("collation"), collectionDefault: null);
        arguments.Ignore(
            "validationLevel",
            "validationAction",
            "storageEngine",
            "indexOptionDefaults",
            "idIndex",
            "autoIndexId",
            "pipeline",
            "temp",
            "flags"
        );
        var limits = ReadCappedLimits(arguments);
        arguments.RefuseUnknown();
        var options = new BsonDocument { { "collation", collation?.Document, collation is not null } };
        operation.Server.Catalog.Create(
            operation.Database,
            operation.CollectionName,
            limits?.ApplyTo(options) ?? options,
            failIfExists: true
        );
    }

    private static CappedLimits? ReadCappedLimits(CommandArguments arguments)
    {
        var isCapped = arguments.GetBoolean("capped");
        long? size = arguments.GetInt64("size") is { } bytes ? CappedLimits.CheckSize("size", bytes) : null;
        long? max = arguments.GetInt64("max") is { } documents ? CappedLimits.CheckMax("max", documents) : null;
        if (isCapped)
        {
            return new CappedLimits(
                size ?? throw new MongoErrorException(MongoErrorCodes.InvalidOptions, "the 'size' field is required when 'capped' is true"),
                max
            );
        }

        return size is null && max is null
            ? null
            : throw new MongoErrorException(
                MongoErrorCodes.InvalidOptions,
                "the 'capped' field needs to be true when either the 'size' or 'max' fields are present"
            );
    }
}

/// <summary><c>drop</c>: succeeds even if the collection does not exist, as in MongoDB 7.0 and later.</summary>
internal sealed class DropCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["drop"];

    public void Execute(OperationContext operation)
    {
        operation.Arguments.RefuseUnknown();
        if (operation.Server.Catalog.Find(operation.Database, operation.CollectionName) is { } collection)
        {
            var indexes = collection.State.Indexes.Count;
            if (operation.Server.Catalog.Drop(collection))
            {
                operation.Reply.Add("nIndexesWas", indexes);
                operation.Reply.Add("ns", collection.Namespace);
            }
        }
    }
}

/// <summary><c>dropDatabase</c>.</summary>
internal sealed class DropDatabaseCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["dropDatabase"];

    public void Execute(OperationContext operation)
    {
        operation.Arguments.RefuseUnknown();
        Namespaces.CheckDatabase(operation.Database);
        var any = false;
        foreach (var collection in operation.Server.Catalog.InDatabase(operation.Database))
            any |= operation.Server.Catalog.Drop(collection);

        if (any)
            operation.Reply.Add("dropped", operation.Database);
    }
}

/// <summary><c>renameCollection</c>: runs against the admin database with full namespaces.</summary>
internal sealed class RenameCollectionCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["renameCollection"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var (fromDatabase, from) = Split(operation.CollectionName);
        var (toDatabase, to) = Split(arguments.GetString("to") ?? throw arguments.Missing("to"));
        var dropTarget = arguments.GetBoolean("dropTarget");
        arguments.RefuseUnknown();
        if (operation.Database != "admin")
            throw new MongoErrorException(MongoErrorCodes.Unauthorized, "renameCollection may only be run against the admin database.");

        if (fromDatabase == toDatabase && from == to)
            throw MongoErrorException.IllegalOperation("Can't rename a collection to itself");

        var collection =
            operation.Server.Catalog.Find(fromDatabase, from)
            ?? throw new MongoErrorException(MongoErrorCodes.NamespaceNotFound, $"Source collection {fromDatabase}.{from} does not exist");
        operation.Server.Catalog.Rename(collection, toDatabase, to, dropTarget);
    }

    private static (string Database, string Collection) Split(string ns)
    {
        var dot = ns.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            ? (ns[..dot], ns[(dot + 1)..])
            : throw new MongoErrorException(MongoErrorCodes.InvalidNamespace, $"Invalid namespace specified '{ns}'");
    }
}
