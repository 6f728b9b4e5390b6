using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;

namespace MovieLms.Data.Analytics;

/// <summary>The parts of the overview in one answer.</summary>
public sealed record AnalyticsOverview(
    IReadOnlyList<GenreRating> AvgRatingByGenre,
    IReadOnlyList<YearCount> MoviesByYear,
    IReadOnlyList<TopMovie> TopRatedMovies,
    int UsersWithFavorites
);

/// <summary>Runs the analytics of movies. Each is a pipeline in its own file, computed by the database.</summary>
public sealed class AnalyticsStore(IMongoDatabase database)
{
    /// <summary>The time limit of a computation.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>The time limit of a computation with parameters that the caller chooses.</summary>
    public static readonly TimeSpan CustomTimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>Returns the overview. Its parts are computed concurrently.</summary>
    public async Task<AnalyticsOverview> GetOverviewAsync(CancellationToken cancellationToken)
    {
        var genres = RatingsByGenreAsync(cancellationToken);
        var years = MoviesByYearAsync(cancellationToken);
        var best = database.RunAsync<TopMovie>(TopRated.BestFive, cancellationToken);
        var users = UsersWithFavoritesAsync(cancellationToken);
        await Task.WhenAll(genres, years, best, users);
        return new AnalyticsOverview(await genres, await years, await best, (await users).UsersWithFavorites);
    }

    /// <summary>Returns the figures of the catalog report. Its parts are computed concurrently.</summary>
    public async Task<CatalogFigures> CatalogAsync(CancellationToken cancellationToken)
    {
        var years = MoviesByYearAsync(cancellationToken);
        var genres = RatingsByGenreAsync(cancellationToken);
        var bands = RatingBucketsAsync(CatalogFigures.Bands, cancellationToken);
        var best = TopRatedAsync(0, CatalogFigures.MaxMovies, 0, cancellationToken);
        await Task.WhenAll(years, genres, bands, best);
        return new CatalogFigures(await years, await genres, await bands, await best);
    }

    /// <inheritdoc cref="RatingsByGenre"/>
    public Task<List<GenreRating>> RatingsByGenreAsync(CancellationToken cancellationToken) =>
        database.RunAsync<GenreRating>(AnalyticPipelines.RatingsByGenre, cancellationToken);

    /// <inheritdoc cref="Genres"/>
    public Task<List<Genre>> GenresAsync(CancellationToken cancellationToken) =>
        database.RunAsync<Genre>(Genres.Pipeline, cancellationToken);

    /// <inheritdoc cref="MoviesByYear"/>
    public Task<List<YearCount>> MoviesByYearAsync(CancellationToken cancellationToken) =>
        database.RunAsync<YearCount>(AnalyticPipelines.MoviesByYear, cancellationToken);

    /// <inheritdoc cref="UsersWithFavorites"/>
    public async Task<FavoriteUsers> UsersWithFavoritesAsync(CancellationToken cancellationToken) =>
        (await database.RunAsync<FavoriteUsers>(AnalyticPipelines.UsersWithFavorites, cancellationToken)).FirstOrDefault()
        ?? new FavoriteUsers(0);

    /// <inheritdoc cref="TopRated"/>
    /// <remarks>Any other choice than the best movies (no skip, no minimum) has the shorter time limit.</remarks>
    public Task<List<RankedMovie>> TopRatedAsync(int skip, int limit, long minVotes, CancellationToken cancellationToken) =>
        database.RunAsync<RankedMovie>(
            AnalyticPipelines.TopRated(skip, limit, minVotes),
            cancellationToken,
            isCustom: skip > 0 || minVotes > 0
        );

    /// <inheritdoc cref="RatingBuckets"/>
    /// <param name="boundaries">At least two numbers in strictly ascending order.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <param name="isCustom">True if a caller chose the boundaries.</param>
    public async Task<RatingHistogram> RatingBucketsAsync(
        IReadOnlyList<double> boundaries,
        CancellationToken cancellationToken,
        bool isCustom = false
    ) =>
        RatingBuckets.Histogram(
            boundaries,
            await database.RunAsync<BsonDocument>(AnalyticPipelines.RatingBuckets(boundaries), cancellationToken, isCustom)
        );

    /// <inheritdoc cref="Facets"/>
    public async Task<MovieFacets> FacetsAsync(MovieFilter filter, CancellationToken cancellationToken, bool isCustom = false) =>
        AnalyticPipelines.Facets(filter) is { } pipeline
            ? (await database.RunAsync<MovieFacets>(pipeline, cancellationToken, isCustom)).FirstOrDefault() ?? MovieFacets.Empty
            : MovieFacets.Empty;

    /// <inheritdoc cref="Reviewers"/>
    public Task<List<Reviewer>> ReviewersAsync(int limit, CancellationToken cancellationToken) =>
        database.RunAsync<Reviewer>(AnalyticPipelines.Reviewers(limit), cancellationToken);
}
