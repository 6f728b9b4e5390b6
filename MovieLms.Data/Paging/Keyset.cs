using MongoDB.Bson;

namespace MovieLms.Data.Paging;

/// <summary>
/// Pages by (sort key, id). The sort key must be stored in every document and never be null, so that one index on both
/// serves filter and order in either direction.
/// </summary>
internal static class Keyset
{
    /// <summary>A list may be sorted by the id alone, which is roughly the order of creation.</summary>
    internal const string Id = "_id";

    /// <summary>The total order.</summary>
    internal static BsonDocument Sort(string field, bool descending)
    {
        var sort = new BsonDocument(field, descending ? -1 : 1);
        if (field != Id)
            sort.Add(Id, descending ? -1 : 1);
        return sort;
    }

    /// <summary>Adds to <paramref name="filter"/> that only what follows the cursor is wanted.</summary>
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
        // The range alone bounds the index scan; the alternatives then cut off what was given out at the same key.
        var bound = descending ? "$lte" : "$gte";
        if (!filter.TryGetValue(field, out var range))
            filter.Add(field, range = new BsonDocument());
        if (!range.AsBsonDocument.TryGetValue(bound, out var asked) || (descending ? cursor.Key < asked : cursor.Key > asked))
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

    /// <summary>Makes a page of documents of which one more than wanted was read, to know whether there is a next page.</summary>
    internal static Page<T> Page<T>(List<T> documents, int limit, string sort, Func<T, (BsonValue Key, ObjectId Id)> position)
    {
        if (documents.Count <= limit)
            return new Page<T>(documents, null);
        documents.RemoveRange(limit, documents.Count - limit);
        var (key, id) = position(documents[^1]);
        return new Page<T>(documents, new PageCursor(sort, key, id).Encode());
    }
}
