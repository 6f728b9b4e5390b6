using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>
/// Reads and writes the marks of documents of any entity, in bounded chunks. All writes are idempotent.
/// </summary>
internal sealed class CascadeDocuments(IMongoDatabase database, EntityModel model, CascadeOptions options, TimeProvider time)
{
    private const string Id = "_id";
    private static readonly BsonDocument IdOnly = new(Id, 1);

    /// <summary>Returns a document's marks, version and references; null if it does not exist.</summary>
    internal async Task<BsonDocument?> FindAsync(Entity entity, ObjectId id, CancellationToken cancellationToken) =>
        await GetCollection(entity).Find(new BsonDocument(Id, id)).Project(ProjectMarks(entity)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Marks the root if it is unmarked and has one of the versions; null accepts any version.</summary>
    internal async Task<bool> MarkRootAsync(
        Entity entity,
        CascadeDocument operation,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var filter = new BsonDocument { { Id, operation.RootId }, { Lifecycle.DeletedAt, BsonNull.Value } };
        if (operation.Kind == CascadeKind.Archive)
            filter.Add(Lifecycle.ArchivedAt, BsonNull.Value);
        filter.WithVersions(versions);
        var update = CreateMarkUpdate(entity, operation);
        var result = await GetCollection(entity).UpdateOneAsync(filter, update, cancellationToken: cancellationToken);
        return result.MatchedCount == 1;
    }

    /// <summary>Marks a chunk of the unmarked documents that refer to the parents.</summary>
    /// <returns>The IDs of the chunk; empty if all are marked.</returns>
    internal async Task<IReadOnlyList<ObjectId>> MarkNextAsync(
        Entity child,
        string field,
        IReadOnlyCollection<ObjectId> parents,
        CascadeDocument operation,
        CancellationToken cancellationToken
    )
    {
        var unmarked = new BsonDocument { { field, In(parents) }, { operation.Mark.At, BsonNull.Value } };
        var found = await GetCollection(child).Find(unmarked).Project(IdOnly).Limit(options.ChunkSize).ToListAsync(cancellationToken);
        if (found.Count == 0)
            return [];
        var ids = GetIds(found);
        var filter = new BsonDocument { { Id, In(ids) }, { operation.Mark.At, BsonNull.Value } };
        await GetCollection(child).UpdateManyAsync(filter, CreateMarkUpdate(child, operation), cancellationToken: cancellationToken);
        return ids;
    }

    /// <summary>
    /// Removes the mark from a chunk of the documents that carry it. A document that depends on another marked document gets that
    /// document's mark instead, so that they are restored together.
    /// </summary>
    /// <returns>The IDs of the chunk; empty if no document carries the mark.</returns>
    internal async Task<IReadOnlyList<ObjectId>> UnmarkNextAsync(
        Entity entity,
        CascadeDocument operation,
        ObjectId? root,
        CancellationToken cancellationToken
    )
    {
        var (at, by) = operation.Mark;
        var carrying = root is { } only ? new BsonDocument { { Id, only }, { at, new BsonDocument("$ne", BsonNull.Value) } } : [];
        carrying.Add(by, operation.MarkId is { } mark ? mark : BsonNull.Value);
        var found = await GetCollection(entity)
            .Find(carrying)
            .Project(ProjectMarks(entity))
            .Limit(options.ChunkSize)
            .ToListAsync(cancellationToken);
        if (found.Count == 0)
            return [];
        var otherMarks = await FindOtherMarksAsync(entity, found, operation, cancellationToken);
        foreach (var group in otherMarks.GroupBy(pair => pair.Value, pair => pair.Key))
        {
            var replacement = new BsonDocument("$set", new BsonDocument { { at, group.Key.At }, { by, group.Key.By } });
            await GetCollection(entity).UpdateManyAsync(WithIds(carrying, [.. group]), replacement, cancellationToken: cancellationToken);
        }
        // Documents that got another mark no longer match.
        var ids = GetIds(found);
        var removal = Touch(entity, new BsonDocument("$unset", new BsonDocument { { at, "" }, { by, "" } }));
        await GetCollection(entity).UpdateManyAsync(WithIds(carrying, ids), removal, cancellationToken: cancellationToken);
        return ids;
    }

    /// <summary>Returns the IDs of all documents that carry an operation's mark, in chunks.</summary>
    internal IAsyncEnumerable<IReadOnlyList<ObjectId>> ListMarkedAsync(
        Entity entity,
        CascadeDocument operation,
        CancellationToken cancellationToken
    ) => ReadPagesAsync(entity, new BsonDocument(operation.Mark.By, operation.Id), cancellationToken);

    /// <summary>Returns the IDs of all documents that refer to the parents, marked or not, in chunks.</summary>
    internal IAsyncEnumerable<IReadOnlyList<ObjectId>> ListReferringAsync(
        Entity child,
        string field,
        IReadOnlyCollection<ObjectId> parents,
        CancellationToken cancellationToken
    ) => ReadPagesAsync(child, new BsonDocument(field, In(parents)), cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<ObjectId>> ReadPagesAsync(
        Entity entity,
        BsonDocument filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var query = filter;
        while (true)
        {
            var page = await GetCollection(entity)
                .Find(query)
                .Project(IdOnly)
                .Sort(IdOnly)
                .Limit(options.ChunkSize)
                .ToListAsync(cancellationToken);
            if (page.Count == 0)
                yield break;
            var ids = GetIds(page);
            yield return ids;
            if (page.Count < options.ChunkSize)
                yield break;
            query = new BsonDocument(filter) { { Id, new BsonDocument("$gt", ids[^1]) } };
        }
    }

    /// <summary>Returns, per document, the mark that another operation has set on one of its parents, if any.</summary>
    private async Task<Dictionary<ObjectId, (BsonValue At, BsonValue By)>> FindOtherMarksAsync(
        Entity entity,
        IReadOnlyList<BsonDocument> documents,
        CascadeDocument operation,
        CancellationToken cancellationToken
    )
    {
        var (at, by) = operation.Mark;
        var marks = new Dictionary<ObjectId, (BsonValue, BsonValue)>();
        foreach (var (parent, reference) in model.Parents(entity))
        {
            var ids = documents
                .Select(document => document.GetValue(reference.Field, BsonNull.Value))
                .Where(id => id.IsObjectId)
                .Distinct();
            var marked = new BsonDocument
            {
                { Id, new BsonDocument("$in", new BsonArray(ids)) },
                { at, new BsonDocument("$ne", BsonNull.Value) },
            };
            var found = await GetCollection(parent).Find(marked).Project(ProjectMarks(parent)).ToListAsync(cancellationToken);
            var others = found
                .Where(document => document.Contains(by) && document[by] != operation.MarkId)
                .ToDictionary(document => document[Id]);
            foreach (var document in documents)
            {
                if (others.TryGetValue(document.GetValue(reference.Field, BsonNull.Value), out var other))
                    marks[document[Id].AsObjectId] = (other[at], other[by]);
            }
        }
        return marks;
    }

    private BsonDocument CreateMarkUpdate(Entity entity, CascadeDocument operation) =>
        Touch(
            entity,
            new BsonDocument(
                "$set",
                new BsonDocument { { operation.Mark.At, operation.RequestedAt.UtcDateTime }, { operation.Mark.By, operation.Id } }
            )
        );

    /// <summary>Adds a new version and update time, so that a client with the previous version gets a conflict.</summary>
    private BsonDocument Touch(Entity entity, BsonDocument update)
    {
        var fields = EntityModel.Fields(entity);
        if (fields.Contains(Lifecycle.UpdatedAt))
        {
            if (!update.TryGetValue("$set", out var set))
                update.Add("$set", set = new BsonDocument());
            set.AsBsonDocument.Add(Lifecycle.UpdatedAt, time.GetUtcNow().UtcDateTime);
        }
        if (fields.Contains(Lifecycle.Version))
            update.Add("$inc", new BsonDocument(Lifecycle.Version, 1L));
        return update;
    }

    private BsonDocument ProjectMarks(Entity entity)
    {
        var fields = new BsonDocument
        {
            { Lifecycle.DeletedAt, 1 },
            { Lifecycle.DeletedBy, 1 },
            { Lifecycle.ArchivedAt, 1 },
            { Lifecycle.ArchivedBy, 1 },
            { Lifecycle.Version, 1 },
        };
        foreach (var (_, reference) in model.Parents(entity))
            fields[reference.Field] = 1;
        return fields;
    }

    private static BsonDocument WithIds(BsonDocument filter, IReadOnlyCollection<ObjectId> ids) => new(filter) { [Id] = In(ids) };

    private static BsonDocument In(IReadOnlyCollection<ObjectId> ids) => new("$in", new BsonArray(ids));

    private static ObjectId[] GetIds(List<BsonDocument> documents) => [.. documents.Select(document => document[Id].AsObjectId)];

    private IMongoCollection<BsonDocument> GetCollection(Entity entity) => database.GetCollection<BsonDocument>(entity.Collection);
}
