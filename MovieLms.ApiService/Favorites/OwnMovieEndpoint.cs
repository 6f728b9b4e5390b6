using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Reviews;
using MovieLms.Application.Access;
using MovieLms.Data.Favorites;
using MovieLms.Data.Movies;
using MovieLms.Data.Reviews;

namespace MovieLms.ApiService.Favorites;

/// <summary>What the caller has stored about a movie.</summary>
internal sealed record OwnMovieResponse(
    [property: Description("Whether the movie is a favorite of the caller.")] bool Favorite,
    [property: Description("The caller's review; null without one.")] ReviewResponse? Review
);

/// <summary>
/// What the caller has stored about a movie. Separate from the movie, whose response is the same for all users and therefore cached.
/// </summary>
internal static class OwnMovieEndpoint
{
    internal static void MapOwnMovie(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/movies/{id}/me", "Favorites")
            .MapGet("/", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithNoStore()
            .WithName("getOwnMovie")
            .WithSummary("Get the caller's favorite and review of a movie")
            .WithDescription("Whether the movie is a favorite of the caller, and the caller's review of it.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<OwnMovieResponse>, ProblemHttpResult>> GetAsync(
        [Description("The movie's ID")] string id,
        ClaimsPrincipal caller,
        MovieStore movies,
        FavoriteStore favorites,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId) || !await movies.ExistsAsync(movieId, cancellationToken))
            return Problems.NotFound("movie");
        var isFavorite = favorites.ContainsAsync(caller.GetObjectId(), movieId, cancellationToken);
        var review = await reviews.FindOfUserAsync(movieId, caller.GetObjectId(), cancellationToken);
        return TypedResults.Ok(new OwnMovieResponse(await isFavorite, review is null ? null : ReviewResponse.From(review)));
    }
}
