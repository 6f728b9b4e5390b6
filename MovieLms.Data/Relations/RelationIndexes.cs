using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Relations;

/// <summary>
/// The indexes that cascades need: one on each cascading reference, unless an index of a store starts with that field, and partial
/// indexes on the marks, which contain only deleted and archived documents.
/// </summary>
public sealed class RelationIndexes(IMongoDatabase database, EntityModel model)
{
    /// <summary>Returns the name of the index on a reference's field.</summary>
    public static string Name(Reference reference) => $"{reference.Field}_cascade";

    /// <summary>Returns the name of the index on documents with a mark of an operation.</summary>
    public static string Name(string mark) => $"{mark}_id_marked";

    /// <summary>Adds the indexes that no store declares. Call it after the stores have added their indexes.</summary>
    public async Task EnsureAsync(IndexBuilder indexes, CancellationToken cancellationToken)
    {
        foreach (var entity in model.All.Where(EntityModel.HasLifecycle))
        {
            var collection = database.GetCollection<BsonDocument>(entity.Collection);
            var indexed = await FirstFieldsAsync(collection, cancellationToken);
            var missing = model
                .Parents(entity)
                .Where(parent => !indexed.Contains(parent.Reference.Field))
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
    /// Returns the first fields of full indexes. Ignores cascade indexes from an earlier start, so that creating them is repeated.
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
