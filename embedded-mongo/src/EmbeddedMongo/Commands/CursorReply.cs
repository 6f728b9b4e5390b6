using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Commands;

/// <summary>Writes the <c>cursor</c> field of a reply: a batch of documents, and the cursor ID for <c>getMore</c>.</summary>
internal static class CursorReply
{
    /// <summary>The number of documents in the first batch if the client does not specify one.</summary>
    public const long DefaultBatchSize = 101;

    private static readonly TimeSpan DefaultAwaitTime = TimeSpan.FromSeconds(1);

    /// <summary>A batch ends before its documents exceed 16 MB, but contains at least one document.</summary>
    private const int MaxBatchBytes = BsonLimits.MaxDocumentSize;

    /// <summary>Writes the first batch and stores the cursor if there are more documents. Takes ownership of the rows.</summary>
    public static void First(
        OperationContext operation,
        string ns,
        RowStream rows,
        InterruptSource interrupts,
        long? batchSize,
        bool singleBatch = false,
        bool noTimeout = false
    )
    {
        var cursor = new ServerCursor(ns, rows, interrupts, noTimeout);
        var keep = false;
        try
        {
            var reply = operation.Reply;
            var outer = reply.OpenDocument("cursor");
            var batch = reply.OpenArray("firstBatch");
            var ended = cursor.Fill(operation, batchSize ?? DefaultBatchSize, MaxBatchBytes);
            reply.Close(batch);
            keep = !singleBatch && ((batchSize == 0 && !ended) || cursor.HasMore(operation, ended));
            if (keep)
                cursor.Suspend();

            reply.Add("id", keep ? operation.Server.Cursors.Add(cursor) : 0L);
            reply.Add("ns", ns);
            reply.Close(outer);
        }
        finally
        {
            if (!keep)
                cursor.Dispose();
        }
    }

    /// <summary>Writes the next batch of a cursor. An awaitData cursor waits for documents if there are none.</summary>
    /// <param name="operation">The command.</param>
    /// <param name="id">The cursor's ID.</param>
    /// <param name="ns">The cursor's namespace.</param>
    /// <param name="batchSize">Maximum number of documents; null for no limit.</param>
    /// <param name="maxAwaitTime">How long an awaitData cursor waits; null for one second.</param>
    public static async ValueTask NextAsync(OperationContext operation, long id, string ns, long? batchSize, TimeSpan? maxAwaitTime)
    {
        var cursors = operation.Server.Cursors;
        var cursor = cursors.Claim(id, ns);
        var keep = false;
        try
        {
            if (maxAwaitTime is not null && !cursor.AwaitsData)
            {
                keep = true;
                throw MongoErrorException.BadValue("cannot set maxTimeMS on getMore command for a non-awaitData cursor");
            }

            var reply = operation.Reply;
            var outer = reply.OpenDocument("cursor");
            var batch = reply.OpenArray("nextBatch");
            var limit = batchSize ?? long.MaxValue;
            var ended = cursor.AwaitsData
                ? await cursor.FillOrWaitAsync(operation, limit, MaxBatchBytes, maxAwaitTime ?? DefaultAwaitTime)
                : cursor.Fill(operation, limit, MaxBatchBytes);
            reply.Close(batch);
            keep = cursor.HasMore(operation, ended);
            if (keep)
                cursor.Suspend();

            reply.Add("id", keep ? id : 0L);
            reply.Add("ns", ns);
            reply.Close(outer);
        }
        finally
        {
            if (keep)
                cursors.Release(id);
            else
                cursors.Finish(id);
        }
    }
}
