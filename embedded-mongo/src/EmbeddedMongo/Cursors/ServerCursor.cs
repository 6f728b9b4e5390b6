using EmbeddedMongo.Commands;

namespace EmbeddedMongo.Cursors;

/// <summary>An open cursor. One command uses it at a time; what its rows compute asks <see cref="Interrupts"/> whether to stop.</summary>
internal sealed class ServerCursor(string ns, RowStream rows, InterruptSource interrupts, bool noTimeout) : IDisposable
{
    /// <summary>A row that did not fit into the last batch is still current.</summary>
    private bool _pending;

    public string Namespace { get; } = ns;

    public bool NoTimeout { get; } = noTimeout;

    public InterruptSource Interrupts { get; } = interrupts;

    /// <summary>Timestamp of the last use, of the server's clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>
    /// Appends documents to the reply's open array until the batch is full. True when the rows have ended.
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

    /// <summary>Whether nothing is left, found out by trying; the row found stays for the next batch.</summary>
    public bool IsExhausted(OperationContext operation)
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

    public void Dispose() => rows.Dispose();
}

/// <summary>Leads the interruption checks of lazily computed rows to the command that is pulling them at the moment.</summary>
internal sealed class InterruptSource(OperationContext? operation)
{
    /// <summary>The command at work; none between two batches.</summary>
    public OperationContext? Operation { get; set; } = operation;

    public void Check() => Operation?.CheckInterrupted();
}
