using EmbeddedMongo.Commands.Writes;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Values;
using MongoDB.Bson;
using RocksDbSharp;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>createIndexes</c>: builds indexes while writers of the collection wait. Readers continue with the previous state.</summary>
internal sealed class CreateIndexesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["createIndexes"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var specifications = arguments.GetArray("indexes") ?? throw arguments.Missing("indexes");
        arguments.Ignore("commitQuorum", "ignoreUnknownIndexOptions");
        arguments.RefuseUnknown();
        if (specifications.Count == 0)
            throw MongoErrorException.BadValue("Must specify at least one index to create");

        var catalog = operation.Server.Catalog;
        var existing = catalog.Find(operation.Database, operation.CollectionName);
        var definitions = specifications
            .Select(index =>
                index is BsonDocument document
                    ? Normalize(document, existing?.State.Collation)
                    : throw arguments.WrongType("indexes", index, "object")
            )
            .ToList();
        var filters = definitions.ConvertAll(IndexDefinition.PartialFilter);
        WriteBatches.RunLocked(operation, create: true, Create);
        operation.Reply.Add("createdCollectionAutomatically", existing is null);

        void Create(Collection collection)
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
            if (after == before)
                operation.Reply.Add("note", "all indexes already exist");
        }
    }

    private static BsonDocument Normalize(BsonDocument specification, Collation? collectionDefault)
    {
        var collation = new CommandArguments("createIndexes.indexes", specification).GetDocument("collation");
        return IndexDefinition.Normalize(specification, CollationArgument.ResolveNew(collation, collectionDefault));
    }

    /// <exception cref="MongoErrorException">85 or 86 if another index has the same name or key.</exception>
    private static bool Exists(CollectionState state, BsonDocument definition)
    {
        var name = definition["name"].AsString;
        var key = definition["key"].AsBsonDocument;
        if (key.ElementCount == 1 && key.GetElement(0).Name == "_id" && IsPositive(key[0]))
        {
            return Collation.Of(definition) == state.Collation
                ? true
                : throw MongoErrorException.BadValue(
                    "The _id index must have the same collation as the collection. "
                        + $"Index collation: {Describe(Collation.Of(definition))}, collection collation: {Describe(state.Collation)}"
                );
        }

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

    private static BsonDocument Describe(Collation? collation) => collation?.Document ?? new BsonDocument("locale", "simple");

    private static bool IsPositive(BsonValue direction) => BsonNumbers.ToDouble(direction) > 0;

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

            // Write the entries before the index is published, so that readers only see a complete index.
            IndexBuilder.WriteEntries(unit, snapshot, index, operation.CheckInterrupted);
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
