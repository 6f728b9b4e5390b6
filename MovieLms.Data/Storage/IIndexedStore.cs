namespace MovieLms.Data.Storage;

/// <summary>A store that declares its indexes beside the queries they serve. Creating them must be safe to repeat.</summary>
public interface IIndexedStore
{
    /// <summary>Creates the indexes that do not exist yet, and seeds what the store cannot do without.</summary>
    Task EnsureIndexesAsync(CancellationToken cancellationToken);
}
