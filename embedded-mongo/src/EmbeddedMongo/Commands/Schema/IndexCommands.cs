using EmbeddedMongo.Commands.Writes;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>listIndexes</c>.</summary>
internal sealed class ListIndexesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["listIndexes"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var batchSize = arguments.GetDocument("cursor")?.GetValue("batchSize", BsonNull.Value);
        arguments.Ignore("includeBuildUUIDs", "includeIndexBuildInfo");
        arguments.RefuseUnknown();
        var ns = $"{operation.Database}.{operation.CollectionName}";
        var collection =
            operation.Server.Catalog.Find(operation.Database, operation.CollectionName)
            ?? throw new MongoErrorException(MongoErrorCodes.NamespaceNotFound, $"ns does not exist: {ns}");
        var documents = collection.State.Indexes.Select(index => index.Definition).ToList();
        CursorReply.First(
            operation,
            ns,
            new EncodedRows(documents),
            new InterruptSource(operation),
            batchSize is { IsNumeric: true } ? batchSize.ToInt64() : long.MaxValue
        );
    }
}

/// <summary><c>dropIndexes</c>: by name, names, key pattern, or all but the _id index with <c>*</c>.</summary>
internal sealed class DropIndexesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["dropIndexes", "deleteIndexes"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var which = arguments.Get("index") ?? throw arguments.Missing("index");
        arguments.RefuseUnknown();
        if (!WriteBatches.RunLocked(operation, create: false, DropSelected))
            throw MongoErrorException.NamespaceNotFound($"{operation.Database}.{operation.CollectionName}");

        void DropSelected(Collection collection)
        {
            var state = collection.State;
            var indexes = Select(state, which);
            operation.Reply.Add("nIndexesWas", state.Indexes.Count);
            if (which == "*")
                operation.Reply.Add("msg", "non-_id indexes dropped for collection");

            foreach (var index in indexes)
                Drop(collection, index);
        }
    }

    private static List<IndexSpec> Select(CollectionState state, BsonValue which)
    {
        var found = which switch
        {
            BsonString { Value: "*" } => state.Indexes.Where(index => !index.IsIdIndex).ToList(),
            BsonString name => [ByName(state, name.Value)],
            BsonArray names => names.Select(name => ByName(state, name.AsString)).ToList(),
            BsonDocument pattern => [ByKey(state, pattern)],
            _ => throw MongoErrorException.TypeMismatch(
                "BSON field 'dropIndexes.index' is the wrong type, expected types '[string, object]'"
            ),
        };
        return found.Exists(index => index.IsIdIndex)
            ? throw new MongoErrorException(MongoErrorCodes.InvalidOptions, "cannot drop _id index")
            : found;
    }

    private static IndexSpec ByKey(CollectionState state, BsonDocument pattern)
    {
        var found = state.FindIndexes(pattern);
        return found.Count switch
        {
            0 => throw new MongoErrorException(MongoErrorCodes.IndexNotFound, $"can't find index with key: {pattern}"),
            1 => found[0],
            _ => throw new MongoErrorException(
                181,
                "AmbiguousIndexKeyPattern",
                $"{found.Count} indexes found for key: {pattern}, identify by name instead. "
                    + $"Conflicting indexes: {found[0].Definition}, {found[1].Definition}"
            ),
        };
    }

    private static IndexSpec ByName(CollectionState state, string name) =>
        state.FindIndex(name) ?? throw new MongoErrorException(MongoErrorCodes.IndexNotFound, $"index not found with name [{name}]");

    private static void Drop(Collection collection, IndexSpec index)
    {
        var state = collection.State.WithRemoved(index);
        collection.Publish(state);
        using var batch = new WriteBatch();
        Catalog.Write(batch, collection, state);
        Catalog.DeletePrefix(batch, 'i', index.Id);
        collection.Engine.Write(batch);
    }
}
