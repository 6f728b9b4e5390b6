using System.ComponentModel;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics;
using MovieLms.Data.Movies;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.ApiService.Analytics;

/// <summary>Analytics of movies, reviews and favorites. <see cref="AnalyticsCache"/> describes how their answers are cached.</summary>
internal static class AnalyticsEndpoints
{
    internal const int MaxReviewers = 50;
    private const int MaxBoundaries = 50;
    private static readonly double[] DefaultBoundaries = [0, 4, 6, 8, 10];
    private static readonly string[] MovieTags = [CacheKeys.Movies];
    private static readonly string[] FavoriteTags = [CacheKeys.Favorites];
    private static readonly string[] ReviewTags = [CacheKeys.Movies, CacheKeys.Reviews];
    private static readonly string[] OverviewTags = [CacheKeys.Movies, CacheKeys.Favorites];

    internal static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes.MapArea("/api/analytics", "Analytics");
        var open = analytics.MapGroup(string.Empty).AllowAnonymous().WithCompression().ProducesAge();
        open.MapGet("/", GetOverviewAsync)
            .Produces<AnalyticsOverview>()
            .WithName("getAnalytics")
            .WithSummary("Get an overview of the catalog")
            .WithDescription(
                "Average ratings by genre, movies per year, the five top-rated movies and the number of users with " + "favorites."
            );
        open.MapGet("/ratings-by-genre", GetRatingsByGenreAsync)
            .Produces<IReadOnlyList<GenreRating>>()
            .WithName("getRatingsByGenre")
            .WithSummary("Get average ratings by genre")
            .WithDescription("Highest average first. `count` includes unrated movies, which do not affect the average.");
        open.MapGet("/movies-by-year", GetMoviesByYearAsync)
            .Produces<IReadOnlyList<YearCount>>()
            .WithName("getMoviesByYear")
            .WithSummary("Count movies per year")
            .WithDescription("Earliest year first. Movies without a year form their own group.");
        open.MapGet("/favorites", GetFavoritesAsync)
            .Produces<FavoriteUsers>()
            .WithName("getUsersWithFavorites")
            .WithSummary("Count users with favorites")
            .WithDescription("The number of users who have at least one favorite movie.");
        open.MapGet("/top-rated", GetTopRatedAsync)
            .Produces<IReadOnlyList<RankedMovie>>()
            .WithName("getTopRated")
            .WithSummary("List top-rated movies")
            .WithDescription("By rating, then by votes, then by title. `minVotes` leaves out movies with few votes.");
        open.MapGet("/rating-buckets", GetRatingBucketsAsync)
            .Produces<RatingHistogram>()
            .WithName("getRatingBuckets")
            .WithSummary("Get a histogram of ratings")
            .WithDescription("Counts the movies between each two `boundaries`, and those outside of all.");
        open.MapGet("/facets", GetFacetsAsync)
            .Produces<MovieFacets>()
            .WithName("getFacets")
            .WithSummary("Get facets of movies")
            .WithDescription("Counts genres, decades, rating bands and distributors of the movies that match `search` and `genre`.");
        open.MapGet("/reviewers", GetReviewersAsync)
            .Produces<IReadOnlyList<Reviewer>>()
            .WithName("getReviewers")
            .WithSummary("List the most active reviewers")
            .WithDescription("With their average rating and the movies that they rated last.");
        analytics.MapReport();
        analytics.MapExplanations();
        analytics
            .MapPost("/pipeline", PipelineEndpoint.RunAsync)
            .RequirePermission(Permissions.AnalyticsAdmin)
            .WithMaxBodySize(BodyLimits.Pipeline)
            .ReadsOnly()
            .WithName("runPipeline")
            .WithSummary("Run an aggregation pipeline")
            .WithDescription(
                "Runs read-only stages on an allowed collection, for up to 5 s and 1,000 documents. Personal fields "
                    + "and writing stages are not available."
            )
            .ProducesAccessProblems();
    }

    private static Task<CachedJsonResult> GetOverviewAsync(
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) => cache.GetAsync(CacheKeys.Analytics("overview"), OverviewTags, analytics.GetOverviewAsync, cancellationToken);

    private static Task<CachedJsonResult> GetRatingsByGenreAsync(
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) => cache.GetAsync(CacheKeys.Analytics("ratings-by-genre"), MovieTags, analytics.RatingsByGenreAsync, cancellationToken);

    private static Task<CachedJsonResult> GetMoviesByYearAsync(
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) => cache.GetAsync(CacheKeys.Analytics("movies-by-year"), MovieTags, analytics.MoviesByYearAsync, cancellationToken);

    private static Task<CachedJsonResult> GetFavoritesAsync(
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) => cache.GetAsync(CacheKeys.Analytics("favorites"), FavoriteTags, analytics.UsersWithFavoritesAsync, cancellationToken);

    private static Task<CachedJsonResult> GetTopRatedAsync(
        [Description("How many of the best to pass over, 0 to 10,000; 0 by default.")] int? skip,
        [Description("How many to give, 1 to 100; 10 by default.")] int? limit,
        [Description("Leave out movies with fewer votes; 0 by default.")] int? minVotes,
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    )
    {
        var query = TopRatedQuery.Parse(skip, limit, minVotes);
        return query.IsCustom
            ? cache.GetCustomAsync(
                CacheKeys.Analytics("top-rated", query.Limit, query.Skip, query.MinVotes),
                MovieTags,
                token => analytics.TopRatedAsync(query.Skip, query.ComputedLimit, query.MinVotes, token),
                cancellationToken
            )
            : cache.GetFirstAsync(
                CacheKeys.Analytics("top-rated"),
                query.Limit,
                MovieTags,
                token => analytics.TopRatedAsync(0, query.ComputedLimit, 0, token),
                cancellationToken
            );
    }

    private static Task<CachedJsonResult> GetRatingBucketsAsync(
        [Description("Ascending numbers, 2 to 50 of them, with commas between; 0,4,6,8,10 by default. The last is exclusive, as each is.")]
            string? boundaries,
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(boundaries))
        {
            return cache.GetAsync(
                CacheKeys.Analytics("rating-buckets"),
                MovieTags,
                token => analytics.RatingBucketsAsync(DefaultBoundaries, token),
                cancellationToken
            );
        }
        var numbers = ParseBoundaries(boundaries);
        return cache.GetCustomAsync(
            CacheKeys.Analytics("rating-buckets", [.. numbers]),
            MovieTags,
            token => analytics.RatingBucketsAsync(numbers, token, isCustom: true),
            cancellationToken
        );
    }

    private static Task<CachedJsonResult> GetFacetsAsync(
        [Description("Words as in the list of movies.")] string? search,
        [Description("The genre, whole.")] string? genre,
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    )
    {
        var filter = ParseFilter(search, genre);
        return filter.Search is not null || filter.Genre is not null
            ? cache.GetCustomAsync(
                CacheKeys.Analytics("facets", filter.Search, filter.Genre?.ToLowerInvariant()),
                MovieTags,
                token => analytics.FacetsAsync(filter, token, isCustom: true),
                cancellationToken
            )
            : cache.GetAsync(CacheKeys.Analytics("facets"), MovieTags, token => analytics.FacetsAsync(filter, token), cancellationToken);
    }

    private static Task<CachedJsonResult> GetReviewersAsync(
        [Description("How many reviewers, 1 to 50; 10 by default.")] int? limit,
        AnalyticsStore analytics,
        AnalyticsCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetFirstAsync(
            CacheKeys.Analytics("reviewers"),
            QueryValues.RequireInRange("limit", limit ?? 10, 1, MaxReviewers),
            ReviewTags,
            token => analytics.ReviewersAsync(MaxReviewers, token),
            cancellationToken
        );

    /// <exception cref="ServiceDefaults.Errors.InvalidInputException">The boundaries are not ascending numbers.</exception>
    internal static double[] ParseBoundaries(string? boundaries) =>
        string.IsNullOrWhiteSpace(boundaries) ? DefaultBoundaries : QueryValues.ParseAscending("boundaries", boundaries, MaxBoundaries);

    /// <exception cref="ServiceDefaults.Errors.InvalidInputException">A text is too long.</exception>
    internal static MovieFilter ParseFilter(string? search, string? genre) =>
        new(QueryValues.ParseText("search", search), QueryValues.ParseText("genre", genre));
}
