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
/// Writes a room's messages one batch after the other: what came while a batch was being stored is the next batch. So a
/// node never competes with itself for the next number, and messages leave it in their order.
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
    private const int MaxWaiting = 5_000;
    private readonly ConcurrentDictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>Stores a message and says it to the room; completes when it is stored.</summary>
    /// <exception cref="HubException">Too many wait, or the client message id was used in another room.</exception>
    internal async Task<ChatMessage> WriteAsync(string room, ObjectId roomId, MessageDraft draft)
    {
        var waiting = new Waiting(draft);
        while (true)
        {
            var line = _lines.GetOrAdd(room, _ => new Line());
            bool mustRun;
            lock (line)
            {
                // A line that ran dry is taken out; whoever still holds it starts again with the new one.
                if (line.IsOver)
                    continue;
                if (line.Queue.Count >= MaxWaiting)
                    throw ChatErrors.TooMany("the room is busier than messages can be stored", TimeSpan.FromSeconds(1));
                line.Queue.Enqueue(waiting);
                mustRun = !line.IsRunning;
                line.IsRunning = true;
            }
            if (mustRun)
                _ = RunAsync(room, roomId, line);
            break;
        }
        var stored = await waiting.Stored.Task;
        return stored.RoomId == roomId ? ChatMessages.View(room, stored, stored.DeletedAt is not null) : throw ChatErrors.UsedId();
    }

    private async Task RunAsync(string room, ObjectId roomId, Line line)
    {
        while (Next(room, line) is { Count: > 0 } batch)
        {
            // After a failover or a restart the database may lack the newest messages: the number after them would leave a gap.
            var count = changes.Count;
            if (count != line.Changes)
                (line.Changes, line.Last) = (count, null);
            try
            {
                var stored = await messages.AppendAsync(
                    roomId,
                    [.. batch.Select(waiting => waiting.Draft)],
                    line.Last,
                    CancellationToken.None
                );
                // A message that was sent again is the earlier one, maybe of another room.
                var newest = stored.Where(message => message.RoomId == roomId).MaxBy(message => message.Sequence);
                if (newest is not null)
                    line.Last = Math.Max(line.Last ?? 0, newest.Sequence);
                ChatMetrics.Sent(batch.Count, room, succeeded: true);
                for (var i = 0; i < batch.Count; i++)
                    batch[i].Stored.TrySetResult(stored[i]);
                // Said and noted while the next batch is being stored, but in the batches' order.
                line.Said = SayAsync(line.Said, room, roomId, stored);
                if (newest?.Sequence > (line.Newest?.Sequence ?? 0))
                    line.Newest = newest;
                if (line.Noted.IsCompleted)
                    line.Noted = NoteAsync(roomId, line);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The room goes on after any failure. Whether the batch was stored is unknown: clients send their messages again
                // under the same IDs, and the next batch reads the last number again.
                line.Last = null;
                ChatMetrics.Sent(batch.Count, room, succeeded: false);
                LogUnstored(logger, batch.Count, e.GetType().Name);
                foreach (var waiting in batch)
                    waiting.Stored.TrySetException(ChatErrors.Unavailable());
            }
        }
        // What was stored while the noting before ended.
        await line.Noted;
        await NoteAsync(roomId, line);
    }

    private async Task SayAsync(Task earlier, string room, ObjectId roomId, IReadOnlyList<ChatMessageDocument> stored)
    {
        await earlier;
        try
        {
            var fresh = stored.Where(message => message.RoomId == roomId && message.DeletedAt is null).ToArray();
            // Started in order, awaited together: the order on the wire is that of the calls.
            var audience = clients.OfRoom(room);
            await Task.WhenAll(fresh.Select(message => audience.MessageReceived(ChatMessages.View(room, message))));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // They are stored: who did not hear them asks for them.
            LogNotPublished(logger, stored.Count, e.GetType().Name);
        }
    }

    /// <summary>Notes the room's newest message, and again as long as there is a newer one: not each, in a busy room.</summary>
    private async Task NoteAsync(ObjectId roomId, Line line)
    {
        try
        {
            for (; line.Newest is { } newest && newest.Sequence > line.NotedSequence; line.NotedSequence = newest.Sequence)
                await rooms.NoteLastAsync(roomId, newest.Sequence, newest.SentAt, CancellationToken.None);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // The next message notes it.
            LogUnnoted(logger, e.GetType().Name);
        }
    }

    private List<Waiting> Next(string room, Line line)
    {
        var batch = new List<Waiting>();
        lock (line)
        {
            while (batch.Count < MaxBatch && line.Queue.TryDequeue(out var waiting))
                batch.Add(waiting);
            if (batch.Count > 0)
                return batch;
            line.IsRunning = false;
            // The number is kept as a hint for the next message, unless there are many rooms.
            if (_lines.Count > 10_000)
            {
                line.IsOver = true;
                _lines.TryRemove(KeyValuePair.Create(room, line));
            }
        }
        return batch;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} messages could not be stored ({Reason}); their senders were told")]
    private static partial void LogUnstored(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} stored messages were not said to all who are in the room ({Reason})")]
    private static partial void LogNotPublished(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Debug, "A room's last message was not noted ({Reason})")]
    private static partial void LogUnnoted(ILogger logger, string reason);

    private sealed class Line
    {
        internal Queue<Waiting> Queue { get; } = [];
        internal bool IsRunning { get; set; }
        internal bool IsOver { get; set; }
        internal long? Last { get; set; }

        /// <summary>The count of connection changes for which <see cref="Last"/> holds.</summary>
        internal long Changes { get; set; }

        /// <summary>The saying of the batch before.</summary>
        internal Task Said { get; set; } = Task.CompletedTask;

        internal ChatMessageDocument? Newest { get; set; }
        internal Task Noted { get; set; } = Task.CompletedTask;
        internal long NotedSequence { get; set; }
    }

    private sealed class Waiting(MessageDraft draft)
    {
        internal MessageDraft Draft => draft;
        internal TaskCompletionSource<ChatMessageDocument> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
