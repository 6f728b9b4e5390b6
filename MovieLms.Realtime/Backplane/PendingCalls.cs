namespace MovieLms.Realtime.Backplane;

/// <summary>What the other nodes could not be told while Redis was away, so many bytes of it; the oldest goes first.</summary>
internal sealed class PendingCalls
{
    private const long MaxBytes = 8 * 1024 * 1024;
    private readonly Queue<byte[]> _calls = [];
    private long _bytes;

    internal void Add(byte[] call)
    {
        lock (_calls)
        {
            _calls.Enqueue(call);
            _bytes += call.Length;
            while (_bytes > MaxBytes)
                _bytes -= _calls.Dequeue().Length;
        }
    }

    /// <summary>Takes all out, in their order.</summary>
    internal IReadOnlyList<byte[]> Take()
    {
        lock (_calls)
        {
            var calls = _calls.ToArray();
            _calls.Clear();
            _bytes = 0;
            return calls;
        }
    }
}
