using EmbeddedMongo.Bson;
using EmbeddedMongo.Cursors;

namespace EmbeddedMongo.Commands;

/// <summary>Writes the <c>cursor</c> field of an answer: a batch of documents and the id to ask for more with.</summary>
internal static class CursorReply
{
    /// <summary>Documents of a first batch when the client names no number.</summary>
    public const long DefaultBatchSize = 101;

    /// <summary>A batch ends before its documents exceed 16 MB; one document is always sent.</summary>
    private const int MaxBatchBytes = BsonLimits.MaxDocumentSize;

    /// <summary>Sends the first batch and keeps the cursor when there is more. Takes over the rows.</summary>
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

    /// <summary>Sends the next batch of a cursor.</summary>
    public static void Next(OperationContext operation, long id, string ns, long? batchSize)
    {
        var cursors = operation.Server.Cursors;
        var cursor = cursors.Take(id, ns);
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
                cursors.GiveBack(id, cursor);
            else
                cursors.Finish(id, cursor);
        }
    }
}
