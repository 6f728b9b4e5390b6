using MongoDB.Bson;

namespace MovieLms.Data.Paging;

/// <summary>
/// Keyset pagination by (sort key, ID). The sort key must be stored in every document and must not be null, so that one index on
/// both fields serves filter and order in either direction.
/// </summary>
internal static class Keyset
{
    /// <summary>The ID as the only sort key, which is roughly the order of creation.</summary>
    internal const string Id = "_id";

    /// <summary>Returns the total order.</summary>
    internal static BsonDocument Sort(string field, bool descending)
    {
        var sort = new BsonDocument(field, descending ? -1 : 1);
        if (field != Id)
            sort.Add(Id, descending ? -1 : 1);
        return sort;
    }

    /// <summary>Narrows <paramref name="filter"/> to the documents after the cursor.</summary>
    internal static void After(BsonDocument filter, PageCursor? cursor, string field, bool descending)
    {
        if (cursor is null)
            return;
        var beyond = descending ? "$lt" : "$gt";
        if (field == Id)
        {
            filter.Add(Id, new BsonDocument(beyond, cursor.Id));
            return;
        }
        // The range bounds the index scan. The alternatives then exclude the documents with the same key that were already returned.
        var bound = descending ? "$lte" : "$gte";
        if (!filter.TryGetValue(field, out var range))
            filter.Add(field, range = new BsonDocument());
        if (!range.AsBsonDocument.TryGetValue(bound, out var requested) || (descending ? cursor.Key < requested : cursor.Key > requested))
            range[bound] = cursor.Key;
        filter.Add(
            "$or",
            new BsonArray
            {
                new BsonDocument(field, new BsonDocument(beyond, cursor.Key)),
                new BsonDocument { { field, cursor.Key }, { Id, new BsonDocument(beyond, cursor.Id) } },
            }
        );
    }

    /// <summary>Creates a page. One document more than the limit must have been read, to detect whether there is a next page.</summary>
    internal static Page<T> Page<T>(
        List<T> documents,
        PageLimit limit,
        string sort,
        Func<T, (BsonValue Key, ObjectId Id)> position,
        PageTotal? total
    )
    {
        if (documents.Count <= limit.Items)
            return new Page<T>(documents, null) { Total = total };
        documents.RemoveRange(limit.Items, documents.Count - limit.Items);
        var (key, id) = position(documents[^1]);
        return new Page<T>(documents, new PageCursor(sort, key, id).Encode()) { Total = total };
    }
}
