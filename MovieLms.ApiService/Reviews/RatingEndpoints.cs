using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.Data.Movies;
using MovieLms.Data.Reviews;

namespace MovieLms.ApiService.Reviews;

/// <summary>How the reviews of a movie are distributed over the ratings.</summary>
internal sealed record RatingsResponse(
    [property: Description("The number of reviews.")] int Reviews,
    [property: Description("A band for each point, from 0 to 10, also without reviews.")] IReadOnlyList<RatingBandResponse> Bands
);

/// <summary>The reviews with ratings in a band.</summary>
internal sealed record RatingBandResponse(
    [property: Description("The lowest rating of the band.")] int From,
    [property: Description("The end of the band. It belongs to the next band, except for 10.")] int To,
    [property: Description("The number of reviews.")] int Count
);

/// <summary>The distribution of a movie's ratings.</summary>
internal static class RatingEndpoints
{
    private const int Bands = (int)ReviewLimits.MaxRating;

    internal static void MapRatings(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/movies/{id}/ratings", "Reviews")
            .MapGet("/", GetAsync)
            .AllowAnonymous()
            .WithName("getRatings")
            .WithSummary("Count the reviews of a movie by rating")
            .WithDescription("The number of reviews for each point, without imported votes and the reviews of archived users.")
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<RatingsResponse>, ProblemHttpResult>> GetAsync(
        [Description("The movie's ID")] string id,
        MovieStore movies,
        RatingCounts ratings,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId) || !await movies.ExistsAsync(movieId, cancellationToken))
            return Problems.NotFound("movie");
        // The best rating is in the last band.
        var counts = (await ratings.CountAsync(movieId, cancellationToken)).ToLookup(count => Math.Min(count.Rating, Bands - 1));
        RatingBandResponse[] bands =
        [
            .. Enumerable.Range(0, Bands).Select(from => new RatingBandResponse(from, from + 1, counts[from].Sum(count => count.Count))),
        ];
        return TypedResults.Ok(new RatingsResponse(bands.Sum(band => band.Count), bands));
    }
}
