using System.Collections.Concurrent;

namespace EmbeddedMongo.Commands;

/// <summary>The commands that are running, for <c>currentOp</c> and <c>killOp</c>.</summary>
internal sealed class RunningOperations
{
    private readonly ConcurrentDictionary<int, OperationContext> _running = new();
    private int _lastId;

    public IEnumerable<OperationContext> All => _running.Values;

    public void Add(OperationContext operation)
    {
        // IDs stay positive after 2^31 commands.
        operation.Id = Interlocked.Increment(ref _lastId) & int.MaxValue;
        _running[operation.Id] = operation;
    }

    public void Remove(OperationContext operation) => _running.TryRemove(operation.Id, out _);

    /// <summary>Interrupts a command. Does nothing if it is not running.</summary>
    public void Kill(int id)
    {
        if (_running.TryGetValue(id, out var operation))
            operation.Kill();
    }
}
