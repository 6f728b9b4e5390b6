using System.Runtime.CompilerServices;

namespace MovieLms.Client;

/// <summary>A page of a list.</summary>
public interface IPage<out T>
{
    IReadOnlyList<T> Items { get; }

    /// <summary>The cursor of the next page; null on the last one.</summary>
    string? NextCursor { get; }
}

/// <summary>Reads lists page by page.</summary>
public static class Pages
{
    /// <summary>
    /// Iterates over all items of a list and requests the next page when it is needed:
    /// <c>Pages.ItemsAsync&lt;TodoResponse&gt;(async cursor => await api.ListTodosAsync(cursor: cursor))</c>.
    /// </summary>
    /// <param name="list">Returns the page at a cursor, which is null for the first one.</param>
    public static async IAsyncEnumerable<T> ItemsAsync<T>(
        Func<string?, Task<IPage<T>>> list,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        string? cursor = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await list(cursor).ConfigureAwait(false);
            foreach (var item in page.Items)
                yield return item;
            cursor = page.NextCursor;
        } while (cursor is not null);
    }
}
