using EmbeddedMongo.Cursors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Storage;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Schema;

/// <summary><c>listCollections</c>.</summary>
internal sealed class ListCollectionsCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["listCollections"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var filter = MatchParser.Parse(arguments.GetDocument("filter") ?? [], MatchContext.Default);
        var nameOnly = arguments.GetBoolean("nameOnly");
        var batchSize = arguments.GetDocument("cursor")?.GetValue("batchSize", BsonNull.Value);
        arguments.Ignore("authorizedCollections");
        arguments.RefuseUnknown();
        Namespaces.CheckDatabase(operation.Database);
        var documents = operation
            .Server.Catalog.InDatabase(operation.Database)
            .Select(Describe)
            .Where(filter.Matches)
            .Select(document => nameOnly ? new BsonDocument { document.GetElement("name"), document.GetElement("type") } : document)
            .ToList();
        CursorReply.First(
            operation,
            $"{operation.Database}.$cmd.listCollections",
            new EncodedRows(documents),
            new InterruptSource(operation),
            batchSize is { IsNumeric: true } ? batchSize.ToInt64() : long.MaxValue
        );
    }

    private static BsonDocument Describe(Collection collection) =>
        new()
        {
            { "name", collection.Name },
            { "type", "collection" },
            { "options", collection.State.Options },
            {
                "info",
                new BsonDocument { { "readOnly", false }, { "uuid", new BsonBinaryData(collection.Uuid, GuidRepresentation.Standard) } }
            },
            { "idIndex", collection.State.IdIndex.Definition },
        };
}

/// <summary><c>listDatabases</c>.</summary>
internal sealed class ListDatabasesCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["listDatabases"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var filter = MatchParser.Parse(arguments.GetDocument("filter") ?? [], MatchContext.Default);
        var nameOnly = arguments.GetBoolean("nameOnly");
        arguments.Ignore("authorizedDatabases");
        arguments.RefuseUnknown();
        var total = 0L;
        var databases = new BsonArray();
        foreach (var database in operation.Server.Catalog.Collections.GroupBy(c => c.Database))
        {
            var size = nameOnly ? 0 : database.Sum(c => c.Totals().DataSize);
            var document = new BsonDocument
            {
                { "name", database.Key },
                { "sizeOnDisk", size },
                { "empty", false },
            };
            if (filter.Matches(document))
            {
                total += size;
                databases.Add(nameOnly ? new BsonDocument("name", database.Key) : document);
            }
        }

        operation.Reply.Add("databases", databases);
        if (!nameOnly)
        {
            operation.Reply.Add("totalSize", total);
            operation.Reply.Add("totalSizeMb", total / (1024 * 1024));
        }
    }
}

/// <summary><c>collStats</c> and <c>dbStats</c>. Counts and data sizes are exact, and storage sizes are estimated.</summary>
internal sealed class StatsCommands : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["collStats", "collstats", "dbStats", "dbstats"];

    public void Execute(OperationContext operation)
    {
        var arguments = operation.Arguments;
        var scale = arguments.GetInt64("scale") is { } s and > 0 ? s : 1;
        arguments.Ignore("freeStorage");
        arguments.RefuseUnknown();
        if (operation.Request.Name.StartsWith("coll", StringComparison.OrdinalIgnoreCase))
            Collection(operation, scale);
        else
            Database(operation, scale);
    }

    private static void Collection(OperationContext operation, long scale)
    {
        operation.Reply.Add("ns", $"{operation.Database}.{operation.CollectionName}");
        operation.Reply.AddAll(
            CollectionStatistics.Describe(
                operation.Server,
                operation.Server.Catalog.Find(operation.Database, operation.CollectionName),
                scale
            )
        );
    }

    private static void Database(OperationContext operation, long scale)
    {
        var collections = operation.Server.Catalog.InDatabase(operation.Database).ToList();
        var totals = collections.ConvertAll(collection => collection.Totals());
        var objects = totals.Sum(t => t.Count);
        var size = totals.Sum(t => t.DataSize);
        var reply = operation.Reply;
        reply.Add("db", operation.Database);
        reply.Add("collections", (long)collections.Count);
        reply.Add("views", 0L);
        reply.Add("objects", objects);
        reply.Add("avgObjSize", objects == 0 ? 0.0 : (double)size / objects);
        reply.Add("dataSize", (double)size / scale);
        reply.Add("storageSize", (double)operation.Server.Engine.ApproximateSize / scale);
        reply.Add("indexes", (long)collections.Sum(c => c.State.Indexes.Count));
        var indexSize = collections.SelectMany(c => CollectionStatistics.GetIndexSizes(operation.Server, c)).Sum(index => index.Size);
        reply.Add("indexSize", (double)indexSize / scale);
        reply.Add("scaleFactor", scale);
    }
}
