using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Catalogue;

/// <summary>What the page of a movie shows, apart from the movie.</summary>
/// <param name="Reviews">A page of reviews.</param>
/// <param name="Ratings">The ratings of the newest reviews.</param>
/// <param name="Own">The visitor's review.</param>
/// <param name="IsFavorite">Whether the movie is a favorite of the visitor.</param>
internal sealed record MovieDetails(PageOfReviewResponse Reviews, IReadOnlyList<double> Ratings, ReviewResponse? Own, bool IsFavorite)
{
    /// <summary>The number of reviews in the histogram.</summary>
    internal const int MaxRatings = 500;
    private const int PageSize = 10;
    private const int LargePage = 100;
    private const int MaxPages = 10;

    internal static async Task<MovieDetails> ReadAsync(ConsoleApi console, string movieId, string? cursor, bool isSignedIn)
    {
        var api = console.Api;
        var left = console.Left;
        var reviews = api.ListReviewsAsync(movieId, PageSize, cursor, count: true, left);
        var ratings = ReadAllAsync(
            async next =>
            {
                var page = await api.ListReviewsAsync(movieId, LargePage, next, cancellationToken: left);
                return (page.Items, page.NextCursor);
            },
            MaxRatings / LargePage
        );
        var own = !isSignedIn
            ? Task.FromResult<ReviewResponse?>(null)
            : FindAsync(
                async next =>
                {
                    var page = await api.ListOwnReviewsAsync(LargePage, next, cancellationToken: left);
                    return (page.Items, page.NextCursor);
                },
                review => review.MovieId == movieId
            );
        var favorite = !isSignedIn
            ? Task.FromResult<MovieResponse?>(null)
            : FindAsync(
                async next =>
                {
                    var page = await api.ListFavoritesAsync(LargePage, next, cancellationToken: left);
                    return (page.Items, page.NextCursor);
                },
                movie => movie.Id == movieId
            );
        await Task.WhenAll(reviews, ratings, own, favorite);
        return new MovieDetails(await reviews, [.. (await ratings).Select(review => review.Rating)], await own, await favorite is not null);
    }

    private static async Task<List<T>> ReadAllAsync<T>(Func<string?, Task<(IReadOnlyList<T> Items, string? Next)>> read, int maxPages)
    {
        List<T> all = [];
        string? cursor = null;
        for (var page = 0; page < maxPages; page++)
        {
            (var items, cursor) = await read(cursor);
            all.AddRange(items);
            if (cursor is null)
                break;
        }
        return all;
    }

    private static async Task<T?> FindAsync<T>(Func<string?, Task<(IReadOnlyList<T> Items, string? Next)>> read, Func<T, bool> isWanted)
        where T : class
    {
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            (var items, cursor) = await read(cursor);
            if (items.FirstOrDefault(isWanted) is { } found)
                return found;
            if (cursor is null)
                break;
        }
        return null;
    }
}
