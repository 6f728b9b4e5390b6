namespace EmbeddedMongo.Cursors;

/// <summary>A stream of result documents as bytes. It spans several commands if it belongs to a cursor. Dispose it once.</summary>
internal abstract class RowStream : IDisposable
{
    /// <summary>Moves to the next document; returns false at the end.</summary>
    public abstract bool MoveNext();

    /// <summary>The BSON of the current document, valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Current { get; }

    public abstract void Dispose();
}
