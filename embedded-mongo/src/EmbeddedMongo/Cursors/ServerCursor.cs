using EmbeddedMongo.Commands;
using EmbeddedMongo.Errors;

namespace EmbeddedMongo.Cursors;

/// <summary>An open cursor, used by one command at a time. Its rows check <see cref="Interrupts"/> for interruption.</summary>
internal sealed class ServerCursor(string ns, RowStream rows, InterruptSource interrupts, bool noTimeout) : IDisposable
{
    /// <summary>Completed by <see cref="Kill"/>; null if the cursor never waits.</summary>
    private readonly TaskCompletionSource? _killed = rows.AwaitsData
        ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        : null;

    /// <summary>True if the current row did not fit into the last batch.</summary>
    private bool _pending;

    public string Namespace { get; } = ns;

    public bool NoTimeout { get; } = noTimeout;

    public InterruptSource Interrupts { get; } = interrupts;

    /// <summary>The timestamp of the last use, by the server's clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>
    /// Appends documents to the reply's open array until the batch is full. Returns true at the end of the rows.
    /// </summary>
    public bool Fill(OperationContext operation, long batchSize, int maxBytes)
    {
        Interrupts.Operation = operation;
        try
        {
            var reply = operation.Reply;
            for (var count = 0; count < batchSize; count++)
            {
                if (!_pending && !rows.MoveNext())
                    return true;

                _pending = false;
                var row = rows.Current;
                if (count > 0 && reply.DocumentLength + row.Length > maxBytes)
                {
                    _pending = true;
                    return false;
                }

                reply.AddRawItem(count, row);
            }

            return false;
        }
        finally
        {
            Interrupts.Operation = null;
        }
    }

    /// <summary>Whether <c>getMore</c> waits for inserts.</summary>
    public bool AwaitsData => rows.AwaitsData;

    /// <summary>Ends a wait for inserts.</summary>
    public void Kill() => _killed?.TrySetResult();

    /// <summary>
    /// Like <see cref="Fill"/>, but waits for inserts for up to <paramref name="timeout"/> if there are no rows. Does not hold a thread.
    /// </summary>
    public async ValueTask<bool> FillOrWaitAsync(OperationContext operation, long batchSize, int maxBytes, TimeSpan timeout)
    {
        var empty = operation.Reply.DocumentLength;
        var deadline = operation.Elapsed + timeout;
        while (true)
        {
            var inserted = rows.WaitForInsertAsync();
            var ended = Fill(operation, batchSize, maxBytes);
            var remaining = deadline - operation.Elapsed;
            if (operation.Reply.DocumentLength > empty || remaining <= TimeSpan.Zero || !rows.CanGrow)
                return ended;

            await operation.WaitAsync(inserted, _killed!.Task, remaining);
            if (_killed.Task.IsCompleted)
                throw new MongoErrorException(MongoErrorCodes.CursorKilled, "operation was interrupted because the cursor was killed");
        }
    }

    /// <summary>
    /// Returns whether the cursor stays open after a batch. Reads ahead by one row, which is kept for the next batch.
    /// </summary>
    /// <param name="operation">The command that reads the batch.</param>
    /// <param name="ended">What <see cref="Fill"/> returned.</param>
    public bool HasMore(OperationContext operation, bool ended) => rows.CanGrow || (!ended && !IsExhausted(operation));

    /// <summary>Releases what the rows hold only during a batch.</summary>
    public void Suspend() => rows.Suspend(_pending);

    public void Dispose() => rows.Dispose();

    private bool IsExhausted(OperationContext operation)
    {
        Interrupts.Operation = operation;
        try
        {
            return !_pending && !(_pending = rows.MoveNext());
        }
        finally
        {
            Interrupts.Operation = null;
        }
    }
}

/// <summary>Forwards interruption checks of lazily computed rows to the command that currently reads them.</summary>
internal sealed class InterruptSource(OperationContext? operation)
{
    /// <summary>The command that currently reads rows; null between batches.</summary>
    public OperationContext? Operation { get; set; } = operation;

    public void Check() => Operation?.CheckInterrupted();
}
