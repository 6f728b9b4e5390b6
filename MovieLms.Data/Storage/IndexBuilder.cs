using MongoDB.Driver;

namespace MovieLms.Data.Storage;

/// <summary>Creates the indexes that stores declare, or checks that they exist.</summary>
public abstract class IndexBuilder
{
    /// <summary>
    /// Creates missing indexes and replaces those whose expiry differs from the declared one.
    /// </summary>
    public static IndexBuilder Creating { get; } = new IndexCreator();

    /// <summary>Creates or checks the indexes of a collection.</summary>
    public abstract Task AddAsync<T>(
        IMongoCollection<T> collection,
        IEnumerable<CreateIndexModel<T>> indexes,
        CancellationToken cancellationToken
    );

    private sealed class IndexCreator : IndexBuilder
    {
        public override async Task AddAsync<T>(
            IMongoCollection<T> collection,
            IEnumerable<CreateIndexModel<T>> indexes,
            CancellationToken cancellationToken
        )
        {
            CreateIndexModel<T>[] declared = [.. indexes];
            await DropOtherExpiriesAsync(collection, declared, cancellationToken);
            await collection.Indexes.CreateManyAsync(declared, cancellationToken);
        }

        /// <summary>Drops indexes with another expiry. The server rejects an index that differs only in its expiry.</summary>
        private static async Task DropOtherExpiriesAsync<T>(
            IMongoCollection<T> collection,
            CreateIndexModel<T>[] declared,
            CancellationToken cancellationToken
        )
        {
            var expiries = declared
                .Where(index => index.Options.ExpireAfter is not null)
                .ToDictionary(index => index.Options.Name, index => index.Options.ExpireAfter!.Value.TotalSeconds);
            if (expiries.Count == 0)
                return;
            using var cursor = await collection.Indexes.ListAsync(cancellationToken);
            foreach (var index in await cursor.ToListAsync(cancellationToken))
            {
                var name = index["name"].AsString;
                if (
                    index.TryGetValue("expireAfterSeconds", out var seconds)
                    && expiries.TryGetValue(name, out var expiry)
                    && seconds.ToDouble() != expiry
                )
                {
                    await collection.Indexes.DropOneAsync(name, cancellationToken);
                }
            }
        }
    }
}

/// <summary>Collects the names of declared indexes that do not exist.</summary>
internal sealed class IndexChecker : IndexBuilder
{
    /// <summary>The missing indexes, as <c>collection.index</c>.</summary>
    internal List<string> Missing { get; } = [];

    public override async Task AddAsync<T>(
        IMongoCollection<T> collection,
        IEnumerable<CreateIndexModel<T>> indexes,
        CancellationToken cancellationToken
    )
    {
        using var cursor = await collection.Indexes.ListAsync(cancellationToken);
        var existing = (await cursor.ToListAsync(cancellationToken)).Select(index => index["name"].AsString).ToHashSet();
        Missing.AddRange(
            indexes
                .Select(index => index.Options.Name)
                .Where(name => !existing.Contains(name))
                .Select(name => $"{collection.CollectionNamespace.CollectionName}.{name}")
        );
    }
}
