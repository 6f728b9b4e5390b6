using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;

namespace EmbeddedMongo.Commands;

/// <summary>Writes the <c>cursor</c> field of a reply: a batch of documents, and the cursor ID for <c>getMore</c>.</summary>
internal static class CursorReply
{
    /// <summary>The number of documents in the first batch if the client does not specify one.</summary>
    public const long DefaultBatchSize = 101;

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
            keep = !ended && !singleBatch && (batchSize == 0 || !cursor.IsExhausted(operation));
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

    /// <summary>Writes the next batch of a cursor.</summary>
    public static void Next(OperationContext operation, long id, string ns, long? batchSize)
    {
        var cursors = operation.Server.Cursors;
        var cursor = cursors.Claim(id, ns);
        var keep = false;
        try
        {
            var reply = operation.Reply;
            var outer = reply.OpenDocument("cursor");
            var batch = reply.OpenArray("nextBatch");
            var ended = cursor.Fill(operation, batchSize ?? long.MaxValue, MaxBatchBytes);
            reply.Close(batch);
            keep = !ended && !cursor.IsExhausted(operation);
            reply.Add("id", keep ? id : 0L);
            reply.Add("ns", ns);
            reply.Close(outer);
        }
        finally
        {
            if (keep)
                cursors.Release(id, cursor);
            else
                cursors.Finish(id, cursor);
        }
    }
}
