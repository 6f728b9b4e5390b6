using EmbeddedMongo.Wire;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>The results of the operations of a <c>bulkWrite</c> and their totals.</summary>
internal sealed class BulkWriteResults(bool errorsOnly)
{
    private readonly List<BsonDocument> _successes = [];
    private long _inserted;
    private long _matched;
    private long _modified;
    private long _upserted;
    private long _deleted;

    public WriteErrors Errors { get; } = new();

    public void AddInserted(int index)
    {
        _inserted++;
        Add(index, 1);
    }

    /// <param name="index">Position of the operation.</param>
    /// <param name="matched">Number of documents that matched or were inserted.</param>
    /// <param name="modified">Number of documents that changed.</param>
    /// <param name="upsertedId">The _id of an inserted document; null if there is none.</param>
    public void AddUpdated(int index, long matched, long modified, BsonValue? upsertedId)
    {
        _matched += upsertedId is null ? matched : 0;
        _modified += modified;
        _upserted += upsertedId is null ? 0 : 1;
        var result = Add(index, matched).Add("nModified", (int)modified);
        if (upsertedId is not null)
            result.Add("upserted", new BsonDocument("_id", upsertedId));
    }

    public void AddDeleted(int index, long deleted)
    {
        _deleted += deleted;
        Add(index, deleted);
    }

    /// <summary>Returns the results in the order of the operations.</summary>
    public IEnumerable<BsonDocument> GetDocuments() =>
        (errorsOnly ? [] : _successes).Concat(Errors.Entries.Select(CreateError)).OrderBy(result => result["idx"].AsInt32);

    public void WriteCounts(ReplyBuilder reply)
    {
        reply.Add("nErrors", Errors.Entries.Count());
        reply.Add("nInserted", (int)_inserted);
        reply.Add("nMatched", (int)_matched);
        reply.Add("nModified", (int)_modified);
        reply.Add("nUpserted", (int)_upserted);
        reply.Add("nDeleted", (int)_deleted);
    }

    private BsonDocument Add(int index, long count)
    {
        var result = new BsonDocument
        {
            { "ok", 1.0 },
            { "idx", index },
            { "n", (int)count },
        };
        _successes.Add(result);
        return result;
    }

    private static BsonDocument CreateError(BsonDocument error)
    {
        var result = new BsonDocument { { "ok", 0.0 }, { "idx", error["index"] } };
        result.AddRange(error.Where(field => field.Name != "index"));
        return result.Add("n", 0);
    }
}
