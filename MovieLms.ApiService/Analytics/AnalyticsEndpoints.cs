using System.ComponentModel;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics;
using MovieLms.Data.Movies;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.ApiService.Analytics;

/// <summary>
/// Analytics of movies, reviews and favorites. Responses are cached for up to a minute and invalidated by writes. Responses to custom
/// parameters are cached for a few seconds, only in this process's bounded memory, and few of them are computed concurrently.
/// </summary>
internal static class AnalyticsEndpoints
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortMaxAge = TimeSpan.FromSeconds(10);
    private static readonly double[] DefaultBoundaries = [0, 4, 6, 8, 10];
    private static readonly string[] MovieTags = [CacheKeys.Movies];
    private static readonly string[] FavoriteTags = [CacheKeys.Favorites];
    private static readonly string[] ReviewTags = [CacheKeys.Movies, CacheKeys.Reviews];
    private static readonly string[] OverviewTags = [CacheKeys.Movies, CacheKeys.Favorites];

    internal static void MapAnalytics(this IEndpointRouteBuilder routes)
    {
        var analytics = routes.MapArea("/api/analytics", "Analytics");
        var open = analytics.MapGroup(string.Empty).AllowAnonymous();
        open.MapGet("/", GetOverviewAsync)
            .Produces<AnalyticsOverview>()
            .WithName("getAnalytics")
            .WithSummary("Ratings by genre, films by year, the five best films and the users with favourites");
        open.MapGet("/ratings-by-genre", GetRatingsByGenreAsync)
            .Produces<IReadOnlyList<GenreRating>>()
            .WithName("getRatingsByGenre")
            .WithSummary("Average rating and number of films a genre, highest average first");
        open.MapGet("/movies-by-year", GetMoviesByYearAsync)
            .Produces<IReadOnlyList<YearCount>>()
            .WithName("getMoviesByYear")
            .WithSummary("Number of films a year, earliest first");
        open.MapGet("/favorites", GetFavoritesAsync)
            .Produces<FavoriteUsers>()
            .WithName("getUsersWithFavorites")
            .WithSummary("How many users have a favourite film");
        open.MapGet("/top-rated", GetTopRatedAsync)
            .Produces<IReadOnlyList<RankedMovie>>()
            .WithName("getTopRated")
            .WithSummary("The best films by rating, then votes, then title");
        open.MapGet("/rating-buckets", GetRatingBucketsAsync)
            .Produces<RatingHistogram>()
            .WithName("getRatingBuckets")
            .WithSummary("How many films lie between the boundaries, and how many elsewhere");
        open.MapGet("/facets", GetFacetsAsync)
            .Produces<MovieFacets>()
            .WithName("getFacets")
            .WithSummary("Genres, decades, rating bands and distributors of the films found");
        open.MapGet("/reviewers", GetReviewersAsync)
            .Produces<IReadOnlyList<Reviewer>>()
            .WithName("getReviewers")
            .WithSummary("The most active reviewers, their mean and the films they rated last");
        analytics.MapReport();
        analytics
            .MapPost("/pipeline", PipelineEndpoint.RunAsync)
            .RequirePermission(Permissions.AnalyticsAdmin)
            .WithMaxBodySize(BodyLimits.Pipeline)
            .WithName("runPipeline")
            .WithSummary("Runs an aggregation pipeline over the open collections: reading only, at most 5 s and 1,000 documents")
            .ProducesAccessProblems();
    }

    private static ValueTask<CachedJsonResult> GetOverviewAsync(
        AnalyticsStore analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) => cache.GetOrCreateAsync(CacheKeys.Analytics("overview"), OverviewTags, MaxAge, analytics.GetOverviewAsync, cancellationToken);

    private static ValueTask<CachedJsonResult> GetRatingsByGenreAsync(
        AnalyticsStore analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetOrCreateAsync(
            CacheKeys.Analytics("ratings-by-genre"),
            MovieTags,
            MaxAge,
            analytics.RatingsByGenreAsync,
            cancellationToken
        );

    private static ValueTask<CachedJsonResult> GetMoviesByYearAsync(
        AnalyticsStore analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) => cache.GetOrCreateAsync(CacheKeys.Analytics("movies-by-year"), MovieTags, MaxAge, analytics.MoviesByYearAsync, cancellationToken);

    private static ValueTask<CachedJsonResult> GetFavoritesAsync(
        AnalyticsStore analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    ) =>
        cache.GetOrCreateAsync(
            CacheKeys.Analytics("favorites"),
            FavoriteTags,
            MaxAge,
            analytics.UsersWithFavoritesAsync,
            cancellationToken
        );

    private static async ValueTask<IResult> GetTopRatedAsync(
        [Description("How many of the best to pass over, 0 to 10,000; 0 when absent.")] int? skip,
        [Description("How many to give, 1 to 100; 10 when absent.")] int? limit,
        [Description("Leave out films with fewer votes; 0 when absent.")] int? minVotes,
        AnalyticsStore analytics,
        AnalyticsGate gate,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var from = QueryValues.RequireInRange("skip", skip ?? 0, 0, 10_000);
        var size = QueryValues.RequireInRange("limit", limit ?? 10, 1, 100);
        var votes = QueryValues.RequireInRange("minVotes", minVotes ?? 0, 0, MovieLimits.Votes);
        if (from > 0 || votes > 0)
        {
            return await cache.GetOrCreateAsync(
                CacheKeys.Analytics("top-rated", size, from, votes),
                MovieTags,
                ShortMaxAge,
                token => gate.RunAsync(() => analytics.TopRatedAsync(from, size, votes, token), token),
                cancellationToken,
                isLocal: true
            );
        }
        return await cache.GetOrCreateAsync(
            CacheKeys.Analytics("top-rated", size),
            MovieTags,
            MaxAge,
            token => analytics.TopRatedAsync(0, size, 0, token),
            cancellationToken
        );
    }

    private static async ValueTask<IResult> GetRatingBucketsAsync(
        [Description("Ascending numbers, 2 to 50 of them, with commas between; 0,4,6,8,10 when absent. The last is exclusive, as each is.")]
            string? boundaries,
        AnalyticsStore analytics,
        AnalyticsGate gate,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        if (!string.IsNullOrWhiteSpace(boundaries))
        {
            var numbers = QueryValues.ParseAscending("boundaries", boundaries, 50);
            return await cache.GetOrCreateAsync(
                CacheKeys.Analytics("rating-buckets", [.. numbers]),
                MovieTags,
                ShortMaxAge,
                token => gate.RunAsync(() => analytics.RatingBucketsAsync(numbers, token), token),
                cancellationToken,
                isLocal: true
            );
        }
        return await cache.GetOrCreateAsync(
            CacheKeys.Analytics("rating-buckets"),
            MovieTags,
            MaxAge,
            token => analytics.RatingBucketsAsync(DefaultBoundaries, token),
            cancellationToken
        );
    }

    private static async ValueTask<IResult> GetFacetsAsync(
        [Description("Words as in the list of films.")] string? search,
        [Description("The genre, whole.")] string? genre,
        AnalyticsStore analytics,
        AnalyticsGate gate,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var filter = new MovieFilter(QueryValues.ParseText("search", search), QueryValues.ParseText("genre", genre));
        if (filter.Search is not null || filter.Genre is not null)
        {
            return await cache.GetOrCreateAsync(
                CacheKeys.Analytics("facets", filter.Search, filter.Genre?.ToLowerInvariant()),
                MovieTags,
                ShortMaxAge,
                token => gate.RunAsync(() => analytics.FacetsAsync(filter, token), token),
                cancellationToken,
                isLocal: true
            );
        }
        return await cache.GetOrCreateAsync(
            CacheKeys.Analytics("facets"),
            MovieTags,
            MaxAge,
            token => analytics.FacetsAsync(filter, token),
            cancellationToken
        );
    }

    private static ValueTask<CachedJsonResult> GetReviewersAsync(
        [Description("How many reviewers, 1 to 50; 10 when absent.")] int? limit,
        AnalyticsStore analytics,
        JsonCache cache,
        CancellationToken cancellationToken
    )
    {
        var size = QueryValues.RequireInRange("limit", limit ?? 10, 1, 50);
        return cache.GetOrCreateAsync(
            CacheKeys.Analytics("reviewers", size),
            ReviewTags,
            MaxAge,
            token => analytics.ReviewersAsync(size, token),
            cancellationToken
        );
    }
}
