namespace EmbeddedMongo.Storage;

/// <summary>Wakes the tailable cursors of a collection after documents were inserted, or the collection was dropped.</summary>
internal sealed class InsertSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Returns a task that completes at the next insert. Call it before reading, so that no insert is missed.</summary>
    public Task WaitAsync()
    {
        var waiting = Volatile.Read(ref _next);
        if (waiting is null)
        {
            var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = Interlocked.CompareExchange(ref _next, created, null) ?? created;
        }

        return waiting.Task;
    }

    public void Raise() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
