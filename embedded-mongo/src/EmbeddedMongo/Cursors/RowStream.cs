namespace EmbeddedMongo.Cursors;

/// <summary>A stream of result documents as bytes. It spans several commands if it belongs to a cursor. Dispose it once.</summary>
internal abstract class RowStream : IDisposable
{
    /// <summary>Moves to the next document; returns false at the end.</summary>
    public abstract bool MoveNext();

    /// <summary>The BSON of the current document, valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Current { get; }

    /// <summary>Whether the cursor stays open at the end, because later inserts add rows (a tailable cursor).</summary>
    public virtual bool CanGrow => false;

    /// <summary>Whether <c>getMore</c> waits for an insert at the end.</summary>
    public virtual bool AwaitsData => false;

    /// <summary>Returns a task that completes at the next insert. Call it before reading, so that no insert is missed.</summary>
    public virtual Task WaitForInsertAsync() => Task.CompletedTask;

    /// <summary>
    /// Called after each batch of a cursor that stays open. With <paramref name="keepCurrent"/>, the current row belongs to the next batch.
    /// </summary>
    public virtual void Suspend(bool keepCurrent) { }

    public abstract void Dispose();
}
