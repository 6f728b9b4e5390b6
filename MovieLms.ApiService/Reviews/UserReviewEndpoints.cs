using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Identity;
using MovieLms.Data.Paging;
using MovieLms.Data.Reviews;

namespace MovieLms.ApiService.Reviews;

/// <summary>The reviews of a user. They contain no more than the reviews of a movie do, which are public.</summary>
internal static class UserReviewEndpoints
{
    internal static void MapUserReviews(this IEndpointRouteBuilder routes)
    {
        routes
            .MapArea("/api/auth/me/reviews", "Reviews")
            .MapGet("/", ListOwnAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithNoStore()
            .WithName("listOwnReviews")
            .WithExport<ReviewResponse>("reviews")
            .WithSummary("List the caller's reviews")
            .WithDescription("Newest first, without the reviews of deleted movies.")
            .ProducesAccessProblems();
        routes
            .MapArea("/api/users/{id}/reviews", "Reviews")
            .MapGet("/", ListAsync)
            .AllowAnonymous()
            .WithName("listUserReviews")
            .WithExport<ReviewResponse>("reviews")
            .WithSummary("List reviews of a user")
            .WithDescription("Newest first, without the reviews of deleted movies. An archived user is not found.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<ReviewResponse>>> ListOwnAsync(
        [AsParameters] PageQuery page,
        ClaimsPrincipal caller,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(ReviewLists.Sort, key => key.IsValidDateTime);
        var found = await reviews.ListOfUserAsync(caller.GetObjectId(), position, page.GetSize(), cancellationToken);
        return TypedResults.Ok(found.Select(ReviewResponse.From));
    }

    private static async Task<Results<Ok<Page<ReviewResponse>>, ProblemHttpResult>> ListAsync(
        [Description("The user's ID")] string id,
        [AsParameters] PageQuery page,
        UserStore users,
        ReviewLists reviews,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(ReviewLists.Sort, key => key.IsValidDateTime);
        var size = page.GetSize();
        if (
            !Problems.TryParseId(id, out var userId)
            || await users.FindAsync(userId, cancellationToken) is not { ArchivedAt: null, DeletedAt: null }
        )
        {
            return Problems.NotFound("user");
        }

        var found = await reviews.ListOfUserAsync(userId, position, size, cancellationToken);
        return TypedResults.Ok(found.Select(ReviewResponse.From));
    }
}
