using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Planning;
using EmbeddedMongo.Storage;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>createIndexes</c>: builds indexes while writers of the collection wait. Readers continue with the previous state.</summary>
internal sealed class CreateIndexesCommand : ICommand
{
    private const long FlushBytes = 8 * 1024 * 1024;

    public IReadOnlyList<string> Names { get; } = ["createIndexes"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var specifications = arguments.GetArray("indexes") ?? throw arguments.Missing("indexes");
        arguments.Ignore("commitQuorum", "ignoreUnknownIndexOptions");
        arguments.RefuseUnknown();
        if (specifications.Count == 0)
            throw MongoErrorException.BadValue("Must specify at least one index to create");

        var definitions = specifications
            .Select(index =>
                index is BsonDocument document ? IndexDefinition.Normalize(document) : throw arguments.WrongType("indexes", index, "object")
            )
            .ToList();
        var filters = definitions.ConvertAll(IndexDefinition.PartialFilter);
        var catalog = operation.Server.Catalog;
        var existed = catalog.Find(operation.Database, operation.CollectionName) is not null;
        var collection = catalog.FindOrCreate(operation.Database, operation.CollectionName);
        lock (collection.WriteLock)
        {
            if (collection.State.Capped is not null && definitions.Exists(definition => definition.Contains("expireAfterSeconds")))
                throw new MongoErrorException(MongoErrorCodes.CannotCreateIndex, "Cannot create TTL index on a capped collection");

            var before = collection.State.Indexes.Count;
            for (var i = 0; i < definitions.Count; i++)
            {
                if (!Exists(collection.State, definitions[i]))
                    Build(operation, collection, new IndexSpec(catalog.TakeIndexId(), definitions[i], filters[i]));
            }

            var after = collection.State.Indexes.Count;
            operation.Reply.Add("numIndexesBefore", before);
            operation.Reply.Add("numIndexesAfter", after);
            operation.Reply.Add("createdCollectionAutomatically", !existed);
            if (after == before)
                operation.Reply.Add("note", "all indexes already exist");
        }
    }

    /// <exception cref="MongoErrorException">85 or 86 if another index has the same name or key.</exception>
    private static bool Exists(CollectionState state, BsonDocument definition)
    {
        var name = definition["name"].AsString;
        var key = definition["key"].AsBsonDocument;
        if (key.ElementCount == 1 && key.GetElement(0).Name == "_id" && IsPositive(key[0]))
            return true;

        if (state.FindIndex(name) is { } sameName)
        {
            if (!IndexDefinition.SameSignature(sameName.Definition, definition))
            {
                throw new MongoErrorException(
                    MongoErrorCodes.IndexKeySpecsConflict,
                    "An existing index has the same name as the requested index. When index names are not specified, they are auto generated "
                        + $"and can cause conflicts. Please refer to our documentation. Requested index: {definition}, existing index: {sameName.Definition}"
                );
            }

            return
                sameName.Definition.GetValue("expireAfterSeconds", BsonNull.Value)
                == definition.GetValue("expireAfterSeconds", BsonNull.Value)
                ? true
                : throw new MongoErrorException(
                    MongoErrorCodes.IndexOptionsConflict,
                    $"An equivalent index already exists with the same name but different options. Requested index: {definition}, existing index: {sameName.Definition}"
                );
        }

        return state.Indexes.FirstOrDefault(index => IndexDefinition.SameSignature(index.Definition, definition)) is { } sameKey
            ? throw new MongoErrorException(
                MongoErrorCodes.IndexOptionsConflict,
                $"Index already exists with a different name: {sameKey.Name}"
            )
            : false;
    }

    private static bool IsPositive(BsonValue direction) => Values.BsonNumbers.ToDouble(direction) > 0;

    private static void Build(OperationContext operation, Collection collection, IndexSpec index)
    {
        using var unit = new WriteUnit(collection);
        unit.Use(collection.State.WithAdded(index));
        try
        {
            using var snapshot = CollectionSnapshot.Take(collection);
            if (snapshot is null)
            {
                throw new MongoErrorException(
                    175,
                    "QueryPlanKilled",
                    $"collection {collection.Namespace} was dropped during the operation"
                );
            }

            using var scan = DocumentScan.Open(snapshot, new CollectionScanPath(Backward: false), operation.CheckInterrupted);
            while (scan.MoveNext())
            {
                if ((scan.DocsExamined & 127) == 0)
                    operation.CheckInterrupted();

                unit.AddEntries(unit.State.Indexes[^1], scan.Record, BsonDecoder.Decode(scan.Document, index.Needed));
                if (unit.PendingBytes > FlushBytes)
                    unit.Flush();
            }

            // Write the entries before the index is published, so that readers only see a complete index.
            unit.Flush();
            unit.Commit();
        }
        catch (MongoErrorException error)
        {
            using var undo = new WriteBatch();
            Catalog.DeletePrefix(undo, 'i', index.Id);
            collection.Engine.Write(undo);
            throw error.Code == MongoErrorCodes.DuplicateKey
                ? new MongoErrorException(
                    error.Code,
                    error.CodeName,
                    $"Index build failed: {collection.Uuid}: Collection {collection.Namespace} ( {collection.Uuid} ) :: caused by :: {error.Message}"
                )
                {
                    Details = error.Details,
                }
                : error;
        }
    }
}
