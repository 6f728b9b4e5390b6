namespace EmbeddedMongo.Indexes;

/// <summary>The number of queries that have used an index since the server started.</summary>
internal sealed class IndexUses
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}
