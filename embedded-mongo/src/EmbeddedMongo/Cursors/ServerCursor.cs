using EmbeddedMongo.Commands;

namespace EmbeddedMongo.Cursors;

/// <summary>An open cursor, used by one command at a time. Its rows check <see cref="Interrupts"/> for interruption.</summary>
internal sealed class ServerCursor(string ns, RowStream rows, InterruptSource interrupts, bool noTimeout) : IDisposable
{
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

    /// <summary>Returns whether there are no more rows. Reads ahead by one row, which is kept for the next batch.</summary>
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

/// <summary>Forwards interruption checks of lazily computed rows to the command that currently reads them.</summary>
internal sealed class InterruptSource(OperationContext? operation)
{
    /// <summary>The command that currently reads rows; null between batches.</summary>
    public OperationContext? Operation { get; set; } = operation;

    public void Check() => Operation?.CheckInterrupted();
}
