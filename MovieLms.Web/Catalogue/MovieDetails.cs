using MovieLms.Client;
using MovieLms.Web.Session;

namespace MovieLms.Web.Catalogue;

/// <summary>What the page of a movie shows, apart from the movie.</summary>
/// <param name="Reviews">A page of reviews.</param>
/// <param name="Ratings">How many reviews have which rating.</param>
/// <param name="Own">The visitor's review.</param>
/// <param name="IsFavorite">Whether the movie is a favorite of the visitor.</param>
internal sealed record MovieDetails(PageOfReviewResponse Reviews, RatingsResponse Ratings, ReviewResponse? Own, bool IsFavorite)
{
    private const int PageSize = 10;

    internal static async Task<MovieDetails> ReadAsync(ConsoleApi console, string movieId, string? cursor, bool isSignedIn)
    {
        var reviews = console.Api.ListReviewsAsync(movieId, PageSize, cursor, count: true, console.Left);
        var ratings = console.Api.GetRatingsAsync(movieId, console.Left);
        var own = isSignedIn ? await console.Api.GetOwnMovieAsync(movieId, console.Left) : null;
        return new MovieDetails(await reviews, await ratings, own?.Review, own?.Favorite == true);
    }
}
