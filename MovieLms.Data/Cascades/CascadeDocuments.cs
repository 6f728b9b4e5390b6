using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Cascades;

/// <summary>
/// Reads and writes the marks of documents of any kind, in bounded chunks. Every write can be repeated and changes nothing then.
/// </summary>
internal sealed class CascadeDocuments(IMongoDatabase database, EntityModel model, CascadeOptions options, TimeProvider time)
{
    private const string Id = "_id";
    private static readonly BsonDocument IdOnly = new(Id, 1);

    /// <summary>The root with its marks and version; null when there is none.</summary>
    internal async Task<BsonDocument?> FindAsync(Entity entity, ObjectId id, CancellationToken cancellationToken) =>
        await Collection(entity).Find(new BsonDocument(Id, id)).Project(Marks(entity)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Sets the mark on the root, if it has none and one of the versions.</summary>
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
        var result = await Collection(entity).UpdateOneAsync(filter, Set(entity, operation), cancellationToken: cancellationToken);
        return result.MatchedCount == 1;
    }

    /// <summary>Sets the mark on some documents that refer to the parents and have none yet.</summary>
    /// <returns>Which; empty when every one has a mark.</returns>
    internal async Task<IReadOnlyList<ObjectId>> MarkNextAsync(
        Entity child,
        string field,
        IReadOnlyCollection<ObjectId> parents,
        CascadeDocument operation,
        CancellationToken cancellationToken
    )
    {
        var unmarked = new BsonDocument { { field, In(parents) }, { operation.Mark.At, BsonNull.Value } };
        var found = await Collection(child).Find(unmarked).Project(IdOnly).Limit(options.ChunkSize).ToListAsync(cancellationToken);
        if (found.Count == 0)
            return [];
        var ids = Ids(found);
        var filter = new BsonDocument { { Id, In(ids) }, { operation.Mark.At, BsonNull.Value } };
        await Collection(child).UpdateManyAsync(filter, Set(child, operation), cancellationToken: cancellationToken);
        return ids;
    }

    /// <summary>
    /// Takes the mark from some documents that carry it. One that goes with something else as well, which is still marked,
    /// is given that one's mark instead: it comes back when that does.
    /// </summary>
    /// <returns>Which; empty when none carries the mark any more.</returns>
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
        var found = await Collection(entity).Find(carrying).Project(Marks(entity)).Limit(options.ChunkSize).ToListAsync(cancellationToken);
        if (found.Count == 0)
            return [];
        foreach (
            var group in (await OtherMarksAsync(entity, found, operation, cancellationToken)).GroupBy(pair => pair.Value, pair => pair.Key)
        )
        {
            var other = new BsonDocument("$set", new BsonDocument { { at, group.Key.At }, { by, group.Key.By } });
            await Collection(entity).UpdateManyAsync(With(carrying, [.. group]), other, cancellationToken: cancellationToken);
        }
        // Those that were given another mark no longer match.
        var ids = Ids(found);
        var taken = Touch(entity, new BsonDocument("$unset", new BsonDocument { { at, "" }, { by, "" } }));
        await Collection(entity).UpdateManyAsync(With(carrying, ids), taken, cancellationToken: cancellationToken);
        return ids;
    }

    /// <summary>The ids of all documents that carry an operation's mark, in chunks.</summary>
    internal IAsyncEnumerable<IReadOnlyList<ObjectId>> CarryingAsync(
        Entity entity,
        CascadeDocument operation,
        CancellationToken cancellationToken
    ) => PagesAsync(entity, new BsonDocument(operation.Mark.By, operation.Id), cancellationToken);

    /// <summary>The ids of all documents that refer to the parents, marked or not, in chunks.</summary>
    internal IAsyncEnumerable<IReadOnlyList<ObjectId>> ReferringAsync(
        Entity child,
        string field,
        IReadOnlyCollection<ObjectId> parents,
        CancellationToken cancellationToken
    ) => PagesAsync(child, new BsonDocument(field, In(parents)), cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<ObjectId>> PagesAsync(
        Entity entity,
        BsonDocument filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var query = filter;
        while (true)
        {
            var page = await Collection(entity)
                .Find(query)
                .Project(IdOnly)
                .Sort(IdOnly)
                .Limit(options.ChunkSize)
                .ToListAsync(cancellationToken);
            if (page.Count == 0)
                yield break;
            var ids = Ids(page);
            yield return ids;
            if (page.Count < options.ChunkSize)
                yield break;
            query = new BsonDocument(filter) { { Id, new BsonDocument("$gt", ids[^1]) } };
        }
    }

    /// <summary>For each of the documents that goes with something marked by another operation, that mark.</summary>
    private async Task<Dictionary<ObjectId, (BsonValue At, BsonValue By)>> OtherMarksAsync(
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
            var found = await Collection(parent).Find(marked).Project(Marks(parent)).ToListAsync(cancellationToken);
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

    private BsonDocument Set(Entity entity, CascadeDocument operation) =>
        Touch(
            entity,
            new BsonDocument(
                "$set",
                new BsonDocument { { operation.Mark.At, operation.RequestedAt.UtcDateTime }, { operation.Mark.By, operation.Id } }
            )
        );

    /// <summary>A change of marks is a change of the document, for whoever holds its version.</summary>
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

    private BsonDocument Marks(Entity entity)
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

    private static BsonDocument With(BsonDocument filter, IReadOnlyCollection<ObjectId> ids) => new(filter) { [Id] = In(ids) };

    private static BsonDocument In(IReadOnlyCollection<ObjectId> ids) => new("$in", new BsonArray(ids));

    private static ObjectId[] Ids(List<BsonDocument> documents) => [.. documents.Select(document => document[Id].AsObjectId)];

    private IMongoCollection<BsonDocument> Collection(Entity entity) => database.GetCollection<BsonDocument>(entity.Collection);
}
