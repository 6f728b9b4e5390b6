using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>Pages of imports.</summary>
public sealed class ImportLists(IMongoDatabase database)
{
    /// <summary>The only order: newest first.</summary>
    public const string Sort = "-id";

    private readonly IMongoCollection<ImportDocument> _imports = database.GetCollection<ImportDocument>(CollectionNames.Imports);

    /// <summary>
    /// Returns one page, newest first; null includes all owners or states. Uses the index <see cref="ImportStore.OwnerIndex"/>.
    /// </summary>
    public async Task<Page<ImportDocument>> ListAsync(
        ObjectId? ownerId,
        ImportState? state,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var filter = Builders<ImportDocument>.Filter;
        var wanted = state is { } only ? filter.Eq(import => import.State, only) : filter.Empty;
        wanted &= filter.Ne(import => import.State, ImportState.Uploading);
        if (ownerId is { } owner)
            wanted &= filter.Eq(import => import.OwnerId, owner);
        var total = await _imports.CountTotalAsync(wanted, limit, cancellationToken);
        if (cursor is not null)
            wanted &= filter.Lt(import => import.Id, cursor.Id);
        var found = await _imports.Find(wanted).SortByDescending(import => import.Id).Limit(limit.Items + 1).ToListAsync(cancellationToken);
        return Keyset.Page(found, limit, Sort, import => (BsonNull.Value, import.Id), total);
    }
}
