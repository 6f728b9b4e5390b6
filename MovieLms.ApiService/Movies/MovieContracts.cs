// Requests are public because ASP.NET Core's validation generator ignores types that are not.
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MovieLms.ApiService.Http;
using MovieLms.Data.Movies;

namespace MovieLms.ApiService.Movies;

/// <summary>A movie as clients see it.</summary>
internal sealed record MovieResponse(
    string Id,
    string Title,
    string? Genre,
    int? Year,
    [property: Description("The imported rating weighted by its votes, together with the reviews; null when there are neither.")]
        double? Rating,
    [property: Description("Imported votes and reviews together.")] long RatingCount,
    DirectorDto? Director,
    int? RuntimeMinutes,
    string? Distributor,
    string? MpaaRating,
    GrossDto? Gross,
    [property: Description("Whole US dollars.")] long? Budget,
    DateOnly? ReleaseDate,
    [property: Description("Whether `GET /api/movies/{id}/poster` has an image.")] bool HasPoster,
    [property: Description(ETags.VersionDescription)] long Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : ISharedResource
{
    /// <summary>When the movie was deleted; only in the list of deleted movies.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("When the movie was deleted. Only in the list of deleted movies.")]
    public DateTimeOffset? DeletedAt { get; private init; }

    internal static MovieResponse From(MovieDocument movie) =>
        new(
            movie.Id.ToString(),
            movie.Title,
            movie.Genre,
            movie.Year,
            movie.Rating,
            movie.RatingCount,
            movie.Director is { } director ? new DirectorDto(director.Name, director.Nationality) : null,
            movie.RuntimeMinutes,
            movie.Distributor,
            movie.MpaaRating,
            movie.Gross is { } gross ? new GrossDto(gross.Us, gross.Worldwide) : null,
            movie.Budget,
            movie.ReleaseDate,
            movie.HasPoster,
            movie.Version,
            movie.CreatedAt,
            movie.UpdatedAt
        )
        {
            DeletedAt = movie.DeletedAt,
        };
}

/// <summary>Who directed a movie.</summary>
public sealed record DirectorDto(
    [property: StringLength(MovieLimits.DirectorName), PlainText] string? Name = null,
    [property: StringLength(MovieLimits.Nationality), PlainText] string? Nationality = null
);

/// <summary>What a movie took, in whole US dollars.</summary>
public sealed record GrossDto(
    [property: Range(0, MovieLimits.Money)] long? Us = null,
    [property: Range(0, MovieLimits.Money)] long? Worldwide = null
);

/// <summary>A movie to replace another with. Its rating comes from imports and reviews and is not taken from here.</summary>
public record MovieRequest
{
    [Required, StringLength(MovieLimits.Title), PlainText]
    public string Title { get; init; } = string.Empty;

    [StringLength(MovieLimits.Genre), PlainText]
    public string? Genre { get; init; }

    [Range(MovieLimits.FirstYear, MovieLimits.LastYear)]
    [Description("The release date's year by default.")]
    public int? Year { get; init; }

    public DirectorDto? Director { get; init; }

    [Range(1, MovieLimits.RuntimeMinutes)]
    public int? RuntimeMinutes { get; init; }

    [StringLength(MovieLimits.Distributor), PlainText]
    public string? Distributor { get; init; }

    [StringLength(MovieLimits.MpaaRating), PlainText]
    [Description("The Motion Picture Association's rating, such as PG-13.")]
    public string? MpaaRating { get; init; }

    public GrossDto? Gross { get; init; }

    [Range(0, MovieLimits.Money)]
    [Description("Whole US dollars.")]
    public long? Budget { get; init; }

    public DateOnly? ReleaseDate { get; init; }

    internal MovieDetails ToDetails() =>
        new()
        {
            Title = Title.Trim(),
            Genre = TrimToNull(Genre),
            Year = Year,
            DirectorName = TrimToNull(Director?.Name),
            DirectorNationality = TrimToNull(Director?.Nationality),
            RuntimeMinutes = RuntimeMinutes,
            Distributor = TrimToNull(Distributor),
            MpaaRating = TrimToNull(MpaaRating),
            GrossUs = Gross?.Us,
            GrossWorldwide = Gross?.Worldwide,
            Budget = Budget,
            ReleaseDate = ReleaseDate,
        };

    private static string? TrimToNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>A new movie. It may bring a rating from elsewhere, as an import does.</summary>
public sealed record NewMovieRequest : MovieRequest
{
    [Range(0, MovieLimits.MaxRating)]
    [Description("A rating from elsewhere, to which reviews will be added.")]
    public double? Rating { get; init; }

    [Range(0, MovieLimits.Votes)]
    [Description("How many votes stand behind the rating; 0 by default: the first review then replaces it.")]
    public long? RatingCount { get; init; }
}
