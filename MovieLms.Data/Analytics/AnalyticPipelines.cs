using MovieLms.Data.Movies;

namespace MovieLms.Data.Analytics;

/// <summary>The pipelines of <see cref="AnalyticsStore"/>, as it runs them.</summary>
public static class AnalyticPipelines
{
    /// <inheritdoc cref="Analytics.RatingsByGenre"/>
    public static ExplainedPipeline RatingsByGenre => Analytics.RatingsByGenre.Pipeline;

    /// <inheritdoc cref="Analytics.MoviesByYear"/>
    public static ExplainedPipeline MoviesByYear => Analytics.MoviesByYear.Pipeline;

    /// <inheritdoc cref="Analytics.UsersWithFavorites"/>
    public static ExplainedPipeline UsersWithFavorites => Analytics.UsersWithFavorites.Pipeline;

    /// <inheritdoc cref="Analytics.TopRated"/>
    public static ExplainedPipeline TopRated(int skip, int limit, long minVotes) => Analytics.TopRated.Pipeline(skip, limit, minVotes);

    /// <inheritdoc cref="Analytics.RatingBuckets"/>
    public static ExplainedPipeline RatingBuckets(IReadOnlyList<double> boundaries) => Analytics.RatingBuckets.Pipeline(boundaries);

    /// <inheritdoc cref="Analytics.Facets"/>
    /// <returns>Null if no movie can match the filter, so that nothing is computed.</returns>
    public static ExplainedPipeline? Facets(MovieFilter filter) =>
        MovieLists.Filter(filter) is { } query ? Analytics.Facets.Pipeline(query) : null;

    /// <inheritdoc cref="Analytics.Reviewers"/>
    public static ExplainedPipeline Reviewers(int limit) => Analytics.Reviewers.Pipeline(limit);
}
