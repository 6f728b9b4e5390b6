using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Relations;

/// <summary>
/// The indexes that following references needs: one on each field that a deletion follows, unless a store's own index begins
/// with that field, and partial ones on the marks, which hold only what is deleted or archived.
/// </summary>
public sealed class RelationIndexes(IMongoDatabase database, EntityModel model)
{
    /// <summary>The index on a reference's field.</summary>
    public static string Name(Reference reference) => $"{reference.Field}_cascade";

    /// <summary>The index on the documents that carry an operation's mark.</summary>
    public static string Name(string mark) => $"{mark}_id_marked";

    /// <summary>Adds the indexes that no store declares. Call it after the stores have added theirs.</summary>
    public async Task EnsureAsync(IndexBuilder indexes, CancellationToken cancellationToken)
    {
        foreach (var entity in model.All.Where(EntityModel.HasLifecycle))
        {
            var collection = database.GetCollection<BsonDocument>(entity.Collection);
            var served = await FirstFieldsAsync(collection, cancellationToken);
            var missing = model
                .Parents(entity)
                .Where(parent => !served.Contains(parent.Reference.Field))
                .Select(parent => Indexes.On<BsonDocument>(Name(parent.Reference), parent.Reference.Field))
                .Concat(new[] { Lifecycle.DeletedAt, Lifecycle.DeletedBy, Lifecycle.ArchivedBy }.Select(Marked));
            await indexes.AddAsync(collection, missing, cancellationToken);
        }
    }

    private static CreateIndexModel<BsonDocument> Marked(string mark) =>
        new(
            new BsonDocument { { mark, 1 }, { "_id", 1 } },
            new CreateIndexOptions<BsonDocument>
            {
                Name = Name(mark),
                PartialFilterExpression = new BsonDocument(mark, new BsonDocument("$exists", true)),
            }
        );

    /// <summary>
    /// The fields that whole indexes begin with; our own of an earlier start do not count, so that creating them is repeated.
    /// </summary>
    private static async Task<HashSet<string>> FirstFieldsAsync(
        IMongoCollection<BsonDocument> collection,
        CancellationToken cancellationToken
    )
    {
        using var cursor = await collection.Indexes.ListAsync(cancellationToken);
        return
        [
            .. (await cursor.ToListAsync(cancellationToken))
                .Where(index =>
                    !index.Contains("partialFilterExpression")
                    && !index.GetValue("sparse", false).ToBoolean()
                    && !index["name"].AsString.EndsWith("_cascade", StringComparison.Ordinal)
                )
                .Select(index => index["key"].AsBsonDocument.GetElement(0).Name),
        ];
    }
}
