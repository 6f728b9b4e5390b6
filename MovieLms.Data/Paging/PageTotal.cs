using System.ComponentModel;
using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Paging;

/// <summary>The number of items in a whole list, which ends at 10,000.</summary>
/// <param name="Count">The number of items.</param>
/// <param name="IsExact">False if the list has at least that many items.</param>
public sealed record PageTotal(
    [property: Description("The number of items in the whole list, at most 10,000.")] int Count,
    [property: Description("False if the list has at least `count` items.")] bool IsExact
)
{
    internal const int MaxCount = 10_000;

    /// <summary>Returns the total from a count that ended after <see cref="MaxCount"/> + 1.</summary>
    internal static PageTotal Of(long count) => new((int)Math.Min(count, MaxCount), count <= MaxCount);
}

/// <summary>Counts the items of lists within bounds.</summary>
internal static class PageTotals
{
    /// <summary>How long a count may take. The page is returned without an exact total then.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    private static readonly CountOptions Bounded = new() { Limit = PageTotal.MaxCount + 1, MaxTime = MaxTime };

    /// <summary>
    /// Returns the number of documents that match a list's filter, or null if the page does not include it. Must be called before the
    /// cursor narrows the filter.
    /// </summary>
    internal static Task<PageTotal?> CountTotalAsync<T>(
        this IMongoCollection<T> collection,
        FilterDefinition<T> filter,
        PageLimit limit,
        CancellationToken cancellationToken
    ) => CountTotalAsync(limit, () => collection.CountDocumentsAsync(filter, Bounded, cancellationToken));

    /// <summary>Returns the number of documents that a pipeline finds, or null if the page does not include it.</summary>
    /// <param name="collection">The collection of the pipeline.</param>
    /// <param name="stages">The stages that find the documents of the whole list.</param>
    /// <param name="limit">The limit of the page.</param>
    /// <param name="hint">The index to use; null to let the database choose.</param>
    /// <param name="cancellationToken">Cancels the count.</param>
    internal static Task<PageTotal?> CountTotalAsync(
        this IMongoCollection<BsonDocument> collection,
        IReadOnlyList<BsonDocument> stages,
        PageLimit limit,
        string? hint,
        CancellationToken cancellationToken
    ) =>
        CountTotalAsync(
            limit,
            async () =>
            {
                BsonDocument[] counting = [.. stages, new("$limit", PageTotal.MaxCount + 1), new("$count", "count")];
                using var counted = await collection.AggregateAsync<BsonDocument>(
                    counting,
                    new AggregateOptions { Hint = hint, MaxTime = MaxTime },
                    cancellationToken
                );
                return (await counted.FirstOrDefaultAsync(cancellationToken))?["count"].ToInt64() ?? 0;
            }
        );

    /// <summary>Returns the total from a count, or null if the page does not include it.</summary>
    /// <param name="limit">The limit of the page.</param>
    /// <param name="count">Counts up to <see cref="PageTotal.MaxCount"/> + 1 within <see cref="MaxTime"/>.</param>
    internal static async Task<PageTotal?> CountTotalAsync(PageLimit limit, Func<Task<long>> count)
    {
        if (!limit.IsCounted)
            return null;
        try
        {
            return PageTotal.Of(await count());
        }
        catch (MongoExecutionTimeoutException)
        {
            return new PageTotal(0, IsExact: false);
        }
    }
}
