using MongoDB.Bson;

namespace MovieLms.Realtime.Chat;

/// <summary>
/// The messages that this node delivered last. A resend of one of them is not delivered again. For any other message a resend is
/// delivered, because the node that stored it may have ended before it delivered it.
/// </summary>
internal sealed class DeliveredMessages
{
    private const int MaxMessages = 20_000;
    private readonly HashSet<ObjectId> _ids = [];
    private readonly Queue<ObjectId> _oldestFirst = [];

    internal bool Contains(ObjectId messageId)
    {
        lock (_ids)
            return _ids.Contains(messageId);
    }

    internal void Add(ObjectId messageId)
    {
        lock (_ids)
        {
            if (!_ids.Add(messageId))
                return;
            _oldestFirst.Enqueue(messageId);
            if (_oldestFirst.Count > MaxMessages)
                _ids.Remove(_oldestFirst.Dequeue());
        }
    }
}
