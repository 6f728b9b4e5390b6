using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Application.Cascades;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Movies;

/// <summary>The movie catalog.</summary>
internal static class MovieEndpoints
{
    private const string ResourceName = "movie";
    private const string EntityName = "movie";
    private const string Duplicate =
        "A movie with this title and release date already exists. It may have been deleted; administrators can restore it.";

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);
    private static readonly string[] CacheTags = [CacheKeys.Movies];

    internal static void MapMovies(this IEndpointRouteBuilder routes)
    {
        var movies = routes.MapArea("/api/movies", "Movies");
        movies
            .MapGet("/", ListAsync)
            .AllowAnonymous()
            .SkipValidation()
            .ProducesCached<Page<MovieResponse>>()
            .WithName("listMovies")
            .WithSummary("List movies")
            .WithDescription("Filtered and sorted, one page at a time. First pages are cached until a movie changes.")
            .ProducesAccessProblems()
            .WithExport<MovieResponse>("movies");
        movies
            .MapGet("/{id}", GetAsync)
            .AllowAnonymous()
            .WithName("getMovie")
            .WithSummary("Get a movie")
            .WithDescription("Cached in memory until the movie changes. Send `If-None-Match` to get 304 if it has not.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        movies
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.CatalogWrite)
            .WithName("createMovie")
            .WithSummary("Create a movie")
            .WithDescription(
                "409 if a movie with this title and release date exists. A given rating counts with its votes, and "
                    + "reviews are added to it."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        movies
            .MapPut("/{id}", ReplaceAsync)
            .RequirePermission(Permissions.CatalogWrite)
            .WithName("replaceMovie")
            .WithSummary("Replace a movie")
            .WithDescription("Members that the body omits are removed. The rating, the reviews and the favorites stay.")
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        movies
            .MapDelete("/{id}", DeleteAsync)
            .RequirePermission(Permissions.CatalogWrite)
            .WithName("deleteMovie")
            .WithSummary("Delete a movie")
            .WithDescription("Hides the movie with its reviews and favorites. `POST /api/movies/{id}/restore` undoes it.")
            .ProducesWriteProblems();
        movies
            .MapPost("/{id}/restore", RestoreAsync)
            .RequirePermission(Permissions.CatalogRestore)
            .WithName("restoreMovie")
            .WithSummary("Restore a deleted movie")
            .WithDescription("Makes exactly those reviews and favorites visible again that were deleted with the movie.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async ValueTask<IResult> ListAsync(
        [AsParameters] MovieQuery query,
        [AsParameters] PageQuery page,
        HttpContext http,
        MovieLists movies,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        if (!MovieSort.TryParse(query.Sort, out var sort))
        {
            throw new InvalidInputException("sort", $"The sort order must be one of {string.Join(", ", MovieSort.Names)}.");
        }

        var (filter, size, position) = (query.ToFilter(), page.GetSize(), page.GetPosition(sort.Name, sort.Accepts));
        if (filter.Deleted && !http.User.Can(Permissions.CatalogRestore))
        {
            if (http.User.Identity?.IsAuthenticated != true)
                return Problems.NotSignedIn(http, "Sign in as an administrator to list deleted movies.");
            return TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "Forbidden",
                detail: "Only administrators can list deleted movies."
            );
        }
        // Not cached: free text and later pages are rarely requested twice.
        if (filter.Search is not null || filter.Director is not null || filter.Deleted || position is not null || page.IsExport)
        {
            http.Response.Headers["X-Cache"] = "MISS";
            return TypedResults.Ok(await ReadAsync(cancellationToken));
        }
        return await cache.GetOrCreateAsync(
            CacheKeys.MovieList(filter.Genre?.ToLowerInvariant(), filter.YearFrom, filter.YearTo, filter.MinRating, sort.Name, size),
            CacheTags,
            MaxAge,
            ReadAsync,
            cancellationToken,
            isLocal: true
        );

        async Task<Page<MovieResponse>> ReadAsync(CancellationToken token)
        {
            var found = await movies.ListAsync(filter, sort, position, size, token);
            return found.Select(MovieResponse.From);
        }
    }

    private static async ValueTask<Results<CachedVersion<MovieResponse>, ProblemHttpResult>> GetAsync(
        [Description("The movie's ID")] string id,
        MovieStore movies,
        DocumentCache cache,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound(ResourceName);
        var (document, isHit) = await cache.GetOrReadAsync(movieId, movies, ReadAsync, cancellationToken);
        return document is null ? Problems.NotFound(ResourceName) : new CachedVersion<MovieResponse>(document, isHit);

        static async Task<(MovieResponse, long)?> ReadAsync(MovieStore movies, ObjectId id, CancellationToken token) =>
            await movies.GetAsync(id, token) is { } movie ? (MovieResponse.From(movie), movie.Version) : null;
    }

    private static async Task<Results<CreatedVersioned<MovieResponse>, ProblemHttpResult>> CreateAsync(
        NewMovieRequest body,
        HttpContext http,
        MovieStore movies,
        CancellationToken cancellationToken
    )
    {
        var (status, movie) = await movies.CreateAsync(
            body.ToDetails(),
            body.Rating,
            body.RatingCount ?? 0,
            cancellationToken,
            http.ReservedId()
        );
        if (movie is null)
            return Problems.FromStatus(status, ResourceName, Duplicate);
        return new CreatedVersioned<MovieResponse>($"/api/movies/{movie.Id}", MovieResponse.From(movie), movie.Version);
    }

    private static async Task<Results<Versioned<MovieResponse>, ProblemHttpResult>> ReplaceAsync(
        [Description("The movie's ID")] string id,
        MovieRequest body,
        [FromHeader(Name = "If-Match"), Description("Replace only this version, an `ETag` of an earlier response.")] string? ifMatch,
        MovieStore movies,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound(ResourceName);
        var (status, movie) = await movies.ReplaceAsync(movieId, body.ToDetails(), ETags.Versions(ifMatch), cancellationToken);
        if (movie is null)
            return Problems.FromStatus(status, ResourceName, Duplicate);
        return new Versioned<MovieResponse>(MovieResponse.From(movie), movie.Version);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The movie's ID")] string id,
        [FromHeader(Name = "If-Match"), Description("Delete only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound(ResourceName);
        var status = await cascades.DeleteAsync(EntityName, movieId, caller.GetObjectId(), ETags.Versions(ifMatch), cancellationToken);
        return status == WriteStatus.Done ? TypedResults.NoContent() : Problems.FromStatus(status, ResourceName, Duplicate);
    }

    private static async Task<Results<Versioned<MovieResponse>, ProblemHttpResult>> RestoreAsync(
        [Description("The movie's ID")] string id,
        ClaimsPrincipal caller,
        MovieStore movies,
        CascadeOperations cascades,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound(ResourceName);
        var status = await cascades.RestoreAsync(EntityName, movieId, caller.GetObjectId(), cancellationToken);
        if (status != WriteStatus.Done)
            return Problems.FromStatus(status, ResourceName, Duplicate);
        if (await movies.GetAsync(movieId, cancellationToken) is not { } movie)
            return Problems.NotFound(ResourceName);
        return new Versioned<MovieResponse>(MovieResponse.From(movie), movie.Version);
    }
}
