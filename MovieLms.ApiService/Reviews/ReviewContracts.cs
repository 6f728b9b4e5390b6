// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Http;
using MovieLms.Data.Reviews;

namespace MovieLms.ApiService.Reviews;

/// <summary>A review as clients see it.</summary>
internal sealed record ReviewResponse(
    string Id,
    string MovieId,
    [property: Description("Null when the movie is gone.")] string? MovieTitle,
    string UserId,
    [property: Description("Null when the account is gone.")] string? Username,
    double Rating,
    string? Comment,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    internal static ReviewResponse From(ReviewView review) =>
        new(
            review.Id.ToString(),
            review.MovieId.ToString(),
            review.MovieTitle,
            review.UserId.ToString(),
            review.Username,
            review.Rating,
            review.Comment,
            review.Version,
            review.CreatedAt,
            review.UpdatedAt
        );
}

/// <summary>What one thinks of a movie.</summary>
public sealed record ReviewRequest : IValidatableObject
{
    [Required, Range(0, ReviewLimits.MaxRating)]
    [Description("0 to 10 in steps of 0.1.")]
    public double? Rating { get; init; }

    [StringLength(ReviewLimits.Comment), PlainText(AllowsLines = true)]
    public string? Comment { get; init; }

    /// <summary>Allows one decimal place: ten times the rating is then an integer, and sums of integers are exact in any order.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Rating is { } rating && Math.Abs((rating * 10) - Math.Round(rating * 10)) > 1e-9)
            yield return new ValidationResult("The rating must have at most one decimal place.", [nameof(Rating)]);
    }
}
