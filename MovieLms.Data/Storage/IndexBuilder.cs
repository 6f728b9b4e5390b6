using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>Receives the indexes that stores declare, and creates them or checks that they exist.</summary>
public abstract class IndexBuilder
{
    /// <summary>Creates the indexes that do not exist yet.</summary>
    public static IndexBuilder Creating { get; } = new IndexCreator();

    /// <summary>Creates or checks the indexes of a collection.</summary>
    public abstract Task AddAsync<T>(
        IMongoCollection<T> collection, IEnumerable<CreateIndexModel<T>> indexes, CancellationToken cancellationToken);

    private sealed class IndexCreator : IndexBuilder
    {
        public override Task AddAsync<T>(
            IMongoCollection<T> collection, IEnumerable<CreateIndexModel<T>> indexes, CancellationToken cancellationToken) =>
            collection.Indexes.CreateManyAsync(indexes, cancellationToken);
    }
}

/// <summary>Collects the names of declared indexes that do not exist.</summary>
internal sealed class IndexChecker : IndexBuilder
{
    /// <summary>The missing indexes, as <c>collection.index</c>.</summary>
    internal List<string> Missing { get; } = [];

    public override async Task AddAsync<T>(
        IMongoCollection<T> collection, IEnumerable<CreateIndexModel<T>> indexes, CancellationToken cancellationToken)
    {
        using var cursor = await collection.Indexes.ListAsync(cancellationToken);
        var existing = (await cursor.ToListAsync(cancellationToken)).Select(index => index["name"].AsString).ToHashSet();
        Missing.AddRange(indexes.Select(index => index.Options.Name).Where(name => !existing.Contains(name))
            .Select(name => $"{collection.CollectionNamespace.CollectionName}.{name}"));
    }
}
