using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Favorites;
using MovieLms.Data.Movies;
using MovieLms.Data.Reviews;

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

    private readonly IMongoCollection<BsonDocument> _movies = database.GetCollection<BsonDocument>(MovieEntity.Collection);
    private readonly IMongoCollection<BsonDocument> _reviews = database.GetCollection<BsonDocument>(ReviewEntity.Collection);
    private readonly IMongoCollection<BsonDocument> _favorites = database.GetCollection<BsonDocument>(FavoriteEntity.Collection);

    /// <summary>Returns the overview. Its parts are computed concurrently.</summary>
    public async Task<AnalyticsOverview> GetOverviewAsync(CancellationToken cancellationToken)
    {
        var genres = RatingsByGenreAsync(cancellationToken);
        var years = MoviesByYearAsync(cancellationToken);
        var best = _movies.RunAsync<TopMovie>(TopRated.BestFive, cancellationToken);
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
        _movies.RunAsync<GenreRating>(RatingsByGenre.Stages, cancellationToken);

    /// <inheritdoc cref="Genres"/>
    public Task<List<Genre>> GenresAsync(CancellationToken cancellationToken) => _movies.RunAsync<Genre>(Genres.Stages, cancellationToken);

    /// <inheritdoc cref="MoviesByYear"/>
    public Task<List<YearCount>> MoviesByYearAsync(CancellationToken cancellationToken) =>
        _movies.RunAsync<YearCount>(MoviesByYear.Stages, cancellationToken);

    /// <inheritdoc cref="UsersWithFavorites"/>
    public async Task<FavoriteUsers> UsersWithFavoritesAsync(CancellationToken cancellationToken) =>
        (await _favorites.RunAsync<FavoriteUsers>(UsersWithFavorites.Stages, cancellationToken)).FirstOrDefault() ?? new FavoriteUsers(0);

    /// <inheritdoc cref="TopRated"/>
    /// <remarks>Any other choice than the best movies (no skip, no minimum) has the shorter time limit.</remarks>
    public Task<List<RankedMovie>> TopRatedAsync(int skip, int limit, long minVotes, CancellationToken cancellationToken) =>
        _movies.RunAsync<RankedMovie>(TopRated.Stages(skip, limit, minVotes), cancellationToken, isCustom: skip > 0 || minVotes > 0);

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
            await _movies.RunAsync<BsonDocument>(RatingBuckets.Stages(boundaries), cancellationToken, isCustom)
        );

    /// <inheritdoc cref="Facets"/>
    public async Task<MovieFacets> FacetsAsync(MovieFilter filter, CancellationToken cancellationToken, bool isCustom = false) =>
        MovieLists.Filter(filter) is { } query
            ? (await _movies.RunAsync<MovieFacets>(Facets.Stages(query), cancellationToken, isCustom)).FirstOrDefault() ?? MovieFacets.Empty
            : MovieFacets.Empty;

    /// <inheritdoc cref="Reviewers"/>
    public Task<List<Reviewer>> ReviewersAsync(int limit, CancellationToken cancellationToken) =>
        _reviews.RunAsync<Reviewer>(Reviewers.Stages(limit), cancellationToken);
}
