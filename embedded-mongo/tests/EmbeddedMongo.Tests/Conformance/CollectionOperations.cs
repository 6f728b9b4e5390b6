using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Conformance;

/// <summary>Runs the operations of the CRUD specification on a collection with the driver.</summary>
internal static class CollectionOperations
{
    /// <summary>Runs an operation, and returns its result, or null if it has none.</summary>
    /// <exception cref="SkippedTestException">The runner does not have the operation or one of its arguments.</exception>
    public static async Task<BsonValue?> RunAsync(IMongoCollection<BsonDocument> collection, string name, OperationArguments arguments)
    {
        // The options are created, and with them the arguments read, before the operation starts.
        var run = Create(collection, name, arguments);
        arguments.RequireAllRead();
        return await run();
    }

    private static Func<Task<BsonValue?>> Create(IMongoCollection<BsonDocument> collection, string name, OperationArguments arguments)
    {
        switch (name)
        {
            case "find" or "findOne":
                return CreateFind(collection, arguments, isSingle: name == "findOne");
            case "aggregate":
                var (pipeline, aggregate) = (arguments.Pipeline, CreateAggregateOptions(arguments));
                return async () => await ToArrayAsync(await collection.AggregateAsync(pipeline, aggregate));
            case "countDocuments" or "distinct" or "estimatedDocumentCount" or "count":
                return CreateCount(collection, name, arguments);
            case "insertOne" or "insertMany":
                return CreateInsert(collection, name, arguments);
            case "updateOne" or "updateMany" or "replaceOne":
                return CreateUpdate(collection, name, arguments);
            case "deleteOne" or "deleteMany":
                var (filter, delete) = (arguments.Filter, CreateDeleteOptions(arguments));
                return name == "deleteOne"
                    ? async () => WriteResults.Of(await collection.DeleteOneAsync(filter, delete))
                    : async () => WriteResults.Of(await collection.DeleteManyAsync(filter, delete));
            case "findOneAndDelete" or "findOneAndReplace" or "findOneAndUpdate":
                return CreateFindOneAnd(collection, name, arguments);
            case "bulkWrite":
                var requests = arguments.Documents("requests").Select(CreateWrite).ToArray();
                var bulk = new BulkWriteOptions
                {
                    IsOrdered = arguments["ordered"]?.AsBoolean ?? true,
                    Let = arguments.Let,
                    Comment = arguments.Comment,
                    BypassDocumentValidation = arguments.BypassValidation,
                };
                return async () => WriteResults.Of(await collection.BulkWriteAsync(requests, bulk));
            case "createIndex":
                var (keys, isUnique, index) = (arguments["keys"]!.AsBsonDocument, arguments["unique"]?.AsBoolean, arguments["name"]);
                return async () =>
                    await collection.Indexes.CreateOneAsync(
                        new CreateIndexModel<BsonDocument>(keys, new CreateIndexOptions { Unique = isUnique, Name = index?.AsString })
                    );
            case "dropIndex":
                var dropped = arguments["name"]!.AsString;
                return async () =>
                {
                    await collection.Indexes.DropOneAsync(dropped);
                    return null;
                };
            case "listIndexes":
                return async () => await ToArrayAsync(await collection.Indexes.ListAsync());
            default:
                throw new SkippedTestException($"the operation {name}");
        }
    }

    public static AggregateOptions CreateAggregateOptions(OperationArguments arguments) =>
        new()
        {
            AllowDiskUse = arguments["allowDiskUse"]?.AsBoolean,
            BatchSize = arguments.Int32("batchSize"),
            BypassDocumentValidation = arguments.BypassValidation,
            Collation = arguments.Collation,
            Comment = arguments.Comment,
            Let = arguments.Let,
            Hint = arguments.Hint,
        };

    public static async Task<BsonArray> ToArrayAsync(IAsyncCursor<BsonDocument> cursor) => new(await cursor.ToListAsync());

    private static Func<Task<BsonValue?>> CreateFind(IMongoCollection<BsonDocument> collection, OperationArguments arguments, bool isSingle)
    {
        var filter = arguments.Filter;
        var options = new FindOptions<BsonDocument>
        {
            AllowDiskUse = arguments["allowDiskUse"]?.AsBoolean,
            BatchSize = arguments.Int32("batchSize"),
            Collation = arguments.Collation,
            Comment = arguments.Comment,
            Hint = arguments.Hint,
            Let = arguments.Let,
            Limit = isSingle ? 1 : arguments.Int32("limit"),
            MaxTime = arguments.MaxTime,
            Projection = arguments["projection"]?.AsBsonDocument,
            Skip = arguments.Int32("skip"),
            Sort = arguments.Sort,
        };
        return async () =>
        {
            var found = await ToArrayAsync(await collection.FindAsync(filter, options));
            return isSingle ? found.FirstOrDefault(BsonNull.Value) : found;
        };
    }

    private static Func<Task<BsonValue?>> CreateCount(IMongoCollection<BsonDocument> collection, string name, OperationArguments arguments)
    {
        switch (name)
        {
            case "distinct":
                var (field, filter) = (arguments["fieldName"]!.AsString, arguments.Filter);
                var distinct = new DistinctOptions { Collation = arguments.Collation, Comment = arguments.Comment };
                return async () => new BsonArray(await (await collection.DistinctAsync<BsonValue>(field, filter, distinct)).ToListAsync());
            case "estimatedDocumentCount":
                var estimated = new EstimatedDocumentCountOptions { Comment = arguments.Comment, MaxTime = arguments.MaxTime };
                return async () => await collection.EstimatedDocumentCountAsync(estimated);
        }

        var counted = arguments.Filter;
        var options = new CountOptions
        {
            Collation = arguments.Collation,
            Comment = arguments.Comment,
            Hint = arguments.Hint,
            Limit = arguments.Int32("limit"),
            Skip = arguments.Int32("skip"),
        };
#pragma warning disable CS0618 // The specification tests the deprecated operation, too.
        return name == "count"
            ? async () => await collection.CountAsync(counted, options)
            : async () => await collection.CountDocumentsAsync(counted, options);
#pragma warning restore CS0618
    }

    private static Func<Task<BsonValue?>> CreateInsert(IMongoCollection<BsonDocument> collection, string name, OperationArguments arguments)
    {
        if (name == "insertOne")
        {
            var document = arguments["document"]!.AsBsonDocument;
            var one = new InsertOneOptions { Comment = arguments.Comment, BypassDocumentValidation = arguments.BypassValidation };
            return async () =>
            {
                await collection.InsertOneAsync(document, one);
                return new BsonDocument("insertedId", document["_id"]);
            };
        }

        var documents = arguments.Documents("documents").ToArray();
        var many = new InsertManyOptions
        {
            Comment = arguments.Comment,
            BypassDocumentValidation = arguments.BypassValidation,
            IsOrdered = arguments["ordered"]?.AsBoolean ?? true,
        };
        return async () =>
        {
            await collection.InsertManyAsync(documents, many);
            var ids = documents.Select(static (document, i) => new BsonElement($"{i}", document["_id"]));
            return new BsonDocument { { "insertedCount", documents.Length }, { "insertedIds", new BsonDocument(ids) } };
        };
    }

    private static Func<Task<BsonValue?>> CreateUpdate(IMongoCollection<BsonDocument> collection, string name, OperationArguments arguments)
    {
        var filter = arguments.Filter;
        if (name == "replaceOne")
        {
            var replacement = arguments["replacement"]!.AsBsonDocument;
            var replace = new ReplaceOptions<BsonDocument>
            {
                BypassDocumentValidation = arguments.BypassValidation,
                Collation = arguments.Collation,
                Comment = arguments.Comment,
                Hint = arguments.Hint,
                IsUpsert = arguments.IsUpsert,
                Let = arguments.Let,
                Sort = arguments.Sort,
            };
            return async () => WriteResults.Of(await collection.ReplaceOneAsync(filter, replacement, replace));
        }

        var update = arguments.Update;
        var options = new UpdateOptions<BsonDocument>
        {
            ArrayFilters = arguments.ArrayFilters,
            BypassDocumentValidation = arguments.BypassValidation,
            Collation = arguments.Collation,
            Comment = arguments.Comment,
            Hint = arguments.Hint,
            IsUpsert = arguments.IsUpsert,
            Let = arguments.Let,
            Sort = arguments.Sort,
        };
        return name == "updateOne"
            ? async () => WriteResults.Of(await collection.UpdateOneAsync(filter, update, options))
            : async () => WriteResults.Of(await collection.UpdateManyAsync(filter, update, options));
    }

    private static DeleteOptions CreateDeleteOptions(OperationArguments arguments) =>
        new()
        {
            Collation = arguments.Collation,
            Comment = arguments.Comment,
            Hint = arguments.Hint,
            Let = arguments.Let,
        };

    private static Func<Task<BsonValue?>> CreateFindOneAnd(
        IMongoCollection<BsonDocument> collection,
        string name,
        OperationArguments arguments
    )
    {
        var filter = arguments.Filter;
        var projection = arguments["projection"]?.AsBsonDocument;
        if (name == "findOneAndDelete")
        {
            var delete = new FindOneAndDeleteOptions<BsonDocument>
            {
                Collation = arguments.Collation,
                Comment = arguments.Comment,
                Hint = arguments.Hint,
                Let = arguments.Let,
                Projection = projection,
                Sort = arguments.Sort,
            };
            return async () => await collection.FindOneAndDeleteAsync(filter, delete) ?? (BsonValue)BsonNull.Value;
        }

        if (name == "findOneAndReplace")
        {
            var replacement = arguments["replacement"]!.AsBsonDocument;
            var replace = new FindOneAndReplaceOptions<BsonDocument>
            {
                BypassDocumentValidation = arguments.BypassValidation,
                Collation = arguments.Collation,
                Comment = arguments.Comment,
                Hint = arguments.Hint,
                IsUpsert = arguments.IsUpsert,
                Let = arguments.Let,
                Projection = projection,
                ReturnDocument = arguments.ReturnDocument,
                Sort = arguments.Sort,
            };
            return async () => await collection.FindOneAndReplaceAsync(filter, replacement, replace) ?? (BsonValue)BsonNull.Value;
        }

        var update = arguments.Update;
        var options = new FindOneAndUpdateOptions<BsonDocument>
        {
            ArrayFilters = arguments.ArrayFilters,
            BypassDocumentValidation = arguments.BypassValidation,
            Collation = arguments.Collation,
            Comment = arguments.Comment,
            Hint = arguments.Hint,
            IsUpsert = arguments.IsUpsert,
            Let = arguments.Let,
            Projection = projection,
            ReturnDocument = arguments.ReturnDocument,
            Sort = arguments.Sort,
        };
        return async () => await collection.FindOneAndUpdateAsync(filter, update, options) ?? (BsonValue)BsonNull.Value;
    }

    private static WriteModel<BsonDocument> CreateWrite(BsonDocument request)
    {
        var (name, arguments) = (request.GetElement(0).Name, new OperationArguments(request[0].AsBsonDocument));
        WriteModel<BsonDocument> model = name switch
        {
            "insertOne" => new InsertOneModel<BsonDocument>(arguments["document"]!.AsBsonDocument),
            "deleteOne" => new DeleteOneModel<BsonDocument>(arguments.Filter) { Collation = arguments.Collation, Hint = arguments.Hint },
            "deleteMany" => new DeleteManyModel<BsonDocument>(arguments.Filter) { Collation = arguments.Collation, Hint = arguments.Hint },
            "replaceOne" => new ReplaceOneModel<BsonDocument>(arguments.Filter, arguments["replacement"]!.AsBsonDocument)
            {
                Collation = arguments.Collation,
                Hint = arguments.Hint,
                IsUpsert = arguments.IsUpsert,
                Sort = arguments.Sort,
            },
            "updateOne" => new UpdateOneModel<BsonDocument>(arguments.Filter, arguments.Update)
            {
                ArrayFilters = arguments.ArrayFilters,
                Collation = arguments.Collation,
                Hint = arguments.Hint,
                IsUpsert = arguments.IsUpsert,
                Sort = arguments.Sort,
            },
            "updateMany" => new UpdateManyModel<BsonDocument>(arguments.Filter, arguments.Update)
            {
                ArrayFilters = arguments.ArrayFilters,
                Collation = arguments.Collation,
                Hint = arguments.Hint,
                IsUpsert = arguments.IsUpsert,
            },
            _ => throw new SkippedTestException($"the request {name} of bulkWrite"),
        };
        arguments.RequireAllRead();
        return model;
    }
}
