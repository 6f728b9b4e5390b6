using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Chat;
using MovieLms.Realtime.Connections;
using MovieLms.Realtime.Contracts;
using MovieLms.ServiceDefaults.Mongo;

namespace MovieLms.Realtime.Chat;

/// <summary>
/// Writes a room's messages in batches, one at a time. Messages that arrive while a batch is being stored form the next batch.
/// A node therefore never competes with itself for the next sequence number, and publishes messages in order.
/// </summary>
internal sealed partial class RoomWriter(
    ChatMessageStore messages,
    RoomStore rooms,
    IHubClients<IChatClient> clients,
    MongoConnectionChanges changes,
    ILogger<RoomWriter> logger
)
{
    private const int MaxBatch = 100;
    private const int MaxQueued = 5_000;
    private const int MaxCachedQueues = 10_000;
    private readonly ConcurrentDictionary<string, RoomQueue> _queues = new(StringComparer.Ordinal);
    private readonly DeliveredMessages _delivered = new();

    /// <summary>Stores a message and publishes it to the room. The task completes once the message is stored.</summary>
    /// <exception cref="HubException">
    /// Too many messages are queued, or the client message ID was used for another text or in another room.
    /// </exception>
    internal async Task<ChatMessage> WriteAsync(string room, ObjectId roomId, MessageDraft draft)
    {
        var pending = new PendingMessage(draft);
        while (true)
        {
            var queue = _queues.GetOrAdd(room, _ => new RoomQueue());
            bool mustRun;
            lock (queue)
            {
                // An empty queue may be removed. A caller that still holds it retries with a new one.
                if (queue.IsRemoved)
                    continue;
                if (queue.Messages.Count >= MaxQueued)
                    throw ChatErrors.TooMany("the room is busier than messages can be stored", TimeSpan.FromSeconds(1));
                queue.Messages.Enqueue(pending);
                mustRun = !queue.IsRunning;
                queue.IsRunning = true;
            }
            if (mustRun)
                _ = RunAsync(room, roomId, queue);
            break;
        }
        var stored = await pending.Stored.Task;
        return IsSame(stored, roomId, draft)
            ? ChatMessages.ToContract(room, stored, stored.DeletedAt is not null)
            : throw ChatErrors.UsedId();
    }

    /// <summary>Returns whether a draft was stored as this message. The first text of an edited message is not known.</summary>
    private static bool IsSame(ChatMessageDocument stored, ObjectId roomId, MessageDraft draft) =>
        stored.RoomId == roomId && (stored.EditedAt is not null || stored.DeletedAt is not null || stored.Text == draft.Text);

    private async Task RunAsync(string room, ObjectId roomId, RoomQueue queue)
    {
        while (DequeueBatch(room, queue) is { Count: > 0 } batch)
        {
            // After a failover or a restart the database may lack the newest messages. Counting on would leave a gap.
            var count = changes.Count;
            if (count != queue.Changes)
                (queue.Changes, queue.LastSequence) = (count, null);
            try
            {
                var stored = await messages.AppendAsync(
                    roomId,
                    [.. batch.Select(pending => pending.Draft)],
                    queue.LastSequence,
                    CancellationToken.None
                );
                // For a repeated message the store returns the earlier one, which may be in another room.
                var newest = stored.Where(message => message.RoomId == roomId).MaxBy(message => message.Sequence);
                if (newest is not null)
                    queue.LastSequence = Math.Max(queue.LastSequence ?? 0, newest.Sequence);
                ChatMetrics.Sent(batch.Count, room, succeeded: true);
                for (var i = 0; i < batch.Count; i++)
                    batch[i].Stored.TrySetResult(stored[i]);
                // Published and recorded while the next batch is being stored, but in the order of the batches.
                queue.Publishing = PublishAsync(queue.Publishing, room, roomId, stored);
                if (newest?.Sequence > (queue.Newest?.Sequence ?? 0))
                    queue.Newest = newest;
                if (queue.Recording.IsCompleted)
                    queue.Recording = RecordNewestAsync(roomId, queue);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The room continues after any failure. The batch may or may not be stored: clients retry with the same IDs, and
                // the next batch reads the last sequence number again.
                queue.LastSequence = null;
                ChatMetrics.Sent(batch.Count, room, succeeded: false);
                LogNotStored(logger, batch.Count, e.GetType().Name);
                foreach (var pending in batch)
                    pending.Stored.TrySetException(ChatErrors.Unavailable());
            }
        }
        // A batch may have been stored after the last recording read the newest message.
        await queue.Recording;
        await RecordNewestAsync(roomId, queue);
    }

    private async Task PublishAsync(Task previous, string room, ObjectId roomId, IReadOnlyList<ChatMessageDocument> stored)
    {
        await previous;
        try
        {
            var fresh = stored
                .Where(message => message.RoomId == roomId && message.DeletedAt is null && !_delivered.Contains(message.Id))
                .DistinctBy(message => message.Id)
                .ToArray();
            // Started in order and awaited together; the order on the wire is the order of the calls.
            var audience = clients.OfRoom(room);
            await Task.WhenAll(fresh.Select(message => audience.MessageReceived(ChatMessages.ToContract(room, message))));
            foreach (var message in fresh)
                _delivered.Add(message.Id);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The messages are stored. Clients that missed them fetch them with GetSince.
            LogNotPublished(logger, stored.Count, e.GetType().Name);
        }
    }

    /// <summary>Records the room's newest message, until there is no newer one. In a busy room it skips messages.</summary>
    private async Task RecordNewestAsync(ObjectId roomId, RoomQueue queue)
    {
        try
        {
            for (; queue.Newest is { } newest && newest.Sequence > queue.RecordedSequence; queue.RecordedSequence = newest.Sequence)
                await rooms.RecordLastMessageAsync(roomId, newest.Sequence, newest.SentAt, CancellationToken.None);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // Recorded with the next message.
            LogNotRecorded(logger, e.GetType().Name);
        }
    }

    private List<PendingMessage> DequeueBatch(string room, RoomQueue queue)
    {
        var batch = new List<PendingMessage>();
        lock (queue)
        {
            while (batch.Count < MaxBatch && queue.Messages.TryDequeue(out var pending))
                batch.Add(pending);
            if (batch.Count > 0)
                return batch;
            queue.IsRunning = false;
            // An idle queue keeps the last sequence number as a hint for the next message, unless there are many rooms.
            if (_queues.Count > MaxCachedQueues)
            {
                queue.IsRemoved = true;
                _queues.TryRemove(KeyValuePair.Create(room, queue));
            }
        }
        return batch;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} messages could not be stored ({Reason}); their senders received an error")]
    private static partial void LogNotStored(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} stored messages were not delivered to all connections in the room ({Reason})")]
    private static partial void LogNotPublished(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Debug, "A room's newest message was not recorded ({Reason})")]
    private static partial void LogNotRecorded(ILogger logger, string reason);

    private sealed class RoomQueue
    {
        internal Queue<PendingMessage> Messages { get; } = [];
        internal bool IsRunning { get; set; }
        internal bool IsRemoved { get; set; }
        internal long? LastSequence { get; set; }

        /// <summary>The count of connection changes for which <see cref="LastSequence"/> is valid.</summary>
        internal long Changes { get; set; }

        /// <summary>Completes when the previous batch is published.</summary>
        internal Task Publishing { get; set; } = Task.CompletedTask;

        internal ChatMessageDocument? Newest { get; set; }
        internal Task Recording { get; set; } = Task.CompletedTask;
        internal long RecordedSequence { get; set; }
    }

    private sealed class PendingMessage(MessageDraft draft)
    {
        internal MessageDraft Draft => draft;
        internal TaskCompletionSource<ChatMessageDocument> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
