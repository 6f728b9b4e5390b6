namespace MovieLms.Realtime.Backplane;

/// <summary>Calls that could not be published during an outage of Redis, up to 8 MiB. The oldest are dropped first.</summary>
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

    /// <summary>Removes and returns all calls, in order.</summary>
    internal IReadOnlyList<byte[]> TakeAll()
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
