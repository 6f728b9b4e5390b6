using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Movies;
using MovieLms.Application.Access;
using MovieLms.Data.Favorites;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService.Favorites;

/// <summary>The caller's favorite movies.</summary>
internal static class FavoriteEndpoints
{
    internal static void MapFavorites(this IEndpointRouteBuilder routes)
    {
        routes.MapOwnMovie();
        var favorite = routes.MapArea("/api/movies/{id}/favorite", "Favorites").RequirePermission(Permissions.SignedIn);
        favorite
            .MapPut("/", AddAsync)
            .WithName("addFavorite")
            .WithSummary("Add a movie to the favorites")
            .WithDescription("Succeeds if the movie already is a favorite of the caller.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        favorite
            .MapDelete("/", RemoveAsync)
            .WithName("removeFavorite")
            .WithSummary("Remove a movie from the favorites")
            .WithDescription("Succeeds if the movie is not a favorite of the caller.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes
            .MapArea("/api/auth/me/favorites", "Favorites")
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("listFavorites")
            .WithExport<MovieResponse>("favorites")
            .WithSummary("List the caller's favorite movies")
            .WithDescription("Most recently added first. Deleted movies are omitted.")
            .ProducesAccessProblems();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AddAsync(
        [Description("The movie's ID")] string id,
        ClaimsPrincipal caller,
        FavoriteStore favorites,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId) || !await favorites.AddAsync(caller.GetObjectId(), movieId, cancellationToken))
            return Problems.NotFound("movie");
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [Description("The movie's ID")] string id,
        ClaimsPrincipal caller,
        FavoriteStore favorites,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound("movie");
        await favorites.RemoveAsync(caller.GetObjectId(), movieId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<MovieResponse>>> ListAsync(
        HttpResponse response,
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        FavoriteStore favorites,
        CancellationToken cancellationToken
    )
    {
        response.Headers.CacheControl = "no-store";
        var position = page.GetPosition(FavoriteStore.Sort, key => key.IsValidDateTime);
        var found = await favorites.ListAsync(caller.GetObjectId(), position, page.GetSize(), cancellationToken);
        return TypedResults.Ok(found.Select(MovieResponse.From));
    }
}
