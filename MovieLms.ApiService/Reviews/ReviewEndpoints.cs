using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MongoDB.Bson;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Reviews;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Reviews;

/// <summary>
/// The reviews of a movie, one per user. Authors and moderators can change a review; for other users a change responds with 403.
/// </summary>
internal static class ReviewEndpoints
{
    private const string ResourceName = "review";
    private const string Duplicate = "You have already reviewed this movie. Change that review instead.";

    internal static void MapReviews(this IEndpointRouteBuilder routes)
    {
        routes.MapUserReviews();
        routes.MapRatings();
        var reviews = routes.MapArea("/api/movies/{id}/reviews", "Reviews");
        reviews
            .MapGet("/", ListAsync)
            .AllowAnonymous()
            .WithName("listReviews")
            .WithExport<ReviewResponse>("reviews")
            .WithSummary("List reviews of a movie")
            .WithDescription("Newest first, without the reviews of archived users.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        reviews
            .MapGet("/{reviewId}", GetAsync)
            .AllowAnonymous()
            .WithName("getReview")
            .WithSummary("Get a review")
            .WithDescription("The `ETag` is for `If-Match` when the review is replaced or deleted.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        reviews
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("createReview")
            .WithSummary("Review a movie")
            .WithDescription(
                "One review per user and movie; 409 for a second one. The rating counts in the rating of the movie " + "at once."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        reviews
            .MapPut("/{reviewId}", ReplaceAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("replaceReview")
            .WithSummary("Replace a review")
            .WithDescription("For its author and for moderators. The rating of the movie changes with it.")
            .ProducesWriteProblems();
        reviews
            .MapDelete("/{reviewId}", DeleteAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("deleteReview")
            .WithSummary("Delete a review")
            .WithDescription("For its author and for moderators. The rating of the movie no longer includes it.")
            .ProducesWriteProblems();
    }

    private static async Task<Results<Ok<Page<ReviewResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The movie's ID")] string id,
        [AsParameters] PageQuery page,
        MovieStore movies,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(ReviewLists.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        if (!Problems.TryParseId(id, out var movieId) || !await movies.ExistsAsync(movieId, cancellationToken))
            return Problems.NotFound("movie");
        var found = await reviews.ListAsync(movieId, position, size, cancellationToken);
        return TypedResults.Ok(found.Select(ReviewResponse.From));
    }

    private static async Task<Results<Versioned<ReviewResponse>, ProblemHttpResult>> GetAsync(
        [Description("The movie's ID")] string id,
        [Description("The review's ID")] string reviewId,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        if (
            !TryIds(id, reviewId, out var movieId, out var reviewKey)
            || await reviews.GetAsync(movieId, reviewKey, cancellationToken) is not { } review
        )
        {
            return Problems.NotFound(ResourceName);
        }

        return new Versioned<ReviewResponse>(ReviewResponse.From(review), review.Version);
    }

    private static async Task<Results<CreatedVersioned<ReviewResponse>, ProblemHttpResult>> CreateAsync(
        [Description("The movie's ID")] string id,
        ReviewRequest body,
        ClaimsPrincipal caller,
        ReviewStore store,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var movieId))
            return Problems.NotFound("movie");
        var (status, written) = await store.CreateAsync(
            movieId,
            caller.GetObjectId(),
            body.Rating!.Value,
            TrimToNull(body.Comment),
            cancellationToken
        );
        if (written is null)
            return Problems.FromStatus(status, "movie", Duplicate);
        var location = $"/api/movies/{movieId}/reviews/{written.Id}";
        return await reviews.GetAsync(movieId, written.Id, cancellationToken) is { } review
            ? new CreatedVersioned<ReviewResponse>(location, ReviewResponse.From(review), review.Version)
            : Problems.NotFound(ResourceName);
    }

    private static async Task<Results<Versioned<ReviewResponse>, ProblemHttpResult>> ReplaceAsync(
        [Description("The movie's ID")] string id,
        [Description("The review's ID")] string reviewId,
        ReviewRequest body,
        [FromHeader(Name = "If-Match"), Description("Change only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        ReviewStore store,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        if (!TryIds(id, reviewId, out var movieId, out var reviewKey))
            return Problems.NotFound(ResourceName);
        var (status, written) = await store.UpdateAsync(
            movieId,
            reviewKey,
            GetRequiredAuthor(caller),
            body.Rating!.Value,
            TrimToNull(body.Comment),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (written is null)
            return await ToProblemAsync(status, movieId, reviewKey, reviews, cancellationToken);
        return await reviews.GetAsync(movieId, reviewKey, cancellationToken) is { } review
            ? new Versioned<ReviewResponse>(ReviewResponse.From(review), review.Version)
            : Problems.NotFound(ResourceName);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        [Description("The movie's ID")] string id,
        [Description("The review's ID")] string reviewId,
        [FromHeader(Name = "If-Match"), Description("Take back only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        ReviewStore store,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        if (!TryIds(id, reviewId, out var movieId, out var reviewKey))
            return Problems.NotFound(ResourceName);
        var (status, deleted) = await store.DeleteAsync(
            movieId,
            reviewKey,
            GetRequiredAuthor(caller),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (deleted is null)
            return await ToProblemAsync(status, movieId, reviewKey, reviews, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>A review that the caller may not change counts as not found for the store, but everyone signed in can read it.</summary>
    private static async Task<ProblemHttpResult> ToProblemAsync(
        WriteStatus status,
        ObjectId movieId,
        ObjectId reviewId,
        ReviewLists reviews,
        CancellationToken cancellationToken
    ) =>
        status == WriteStatus.NotFound && await reviews.GetAsync(movieId, reviewId, cancellationToken) is not null
            ? Problems.Forbidden("Only the author of the review and moderators may do this.")
            : Problems.FromStatus(status, ResourceName, Duplicate);

    /// <summary>Returns the required author of the review; null for moderators, who can change any review.</summary>
    private static ObjectId? GetRequiredAuthor(ClaimsPrincipal caller) =>
        caller.Can(Permissions.ReviewsModerate) ? null : caller.GetObjectId();

    private static string? TrimToNull(string? comment) => string.IsNullOrWhiteSpace(comment) ? null : comment.Trim();

    private static bool TryIds(string id, string reviewId, out ObjectId movie, out ObjectId review)
    {
        review = default;
        return Problems.TryParseId(id, out movie) && Problems.TryParseId(reviewId, out review);
    }
}
