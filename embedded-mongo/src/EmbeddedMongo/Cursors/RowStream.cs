namespace EmbeddedMongo.Cursors;

/// <summary>Result documents one by one, as bytes. Lives over several commands when it belongs to a cursor; dispose it once.</summary>
internal abstract class RowStream : IDisposable
{
    /// <summary>Moves to the next document; false at the end.</summary>
    public abstract bool MoveNext();

    /// <summary>The document's BSON; valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Current { get; }

    public abstract void Dispose();
}
