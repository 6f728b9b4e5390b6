namespace MovieLms.Data.Storage;

/// <summary>A store that declares its indexes next to the queries that they serve.</summary>
public interface IIndexedStore
{
    /// <summary>Adds the store's indexes to <paramref name="indexes"/>. Safe to repeat.</summary>
    Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken);
}
