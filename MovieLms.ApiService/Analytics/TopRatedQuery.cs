using MovieLms.ApiService.Http;
using MovieLms.Data.Movies;

namespace MovieLms.ApiService.Analytics;

/// <summary>The validated parameters of the list of top-rated movies.</summary>
internal readonly record struct TopRatedQuery(int Skip, int Limit, int MinVotes)
{
    private const int MaxMovies = 100;

    /// <summary>True if the list is computed for this caller. All other lists are the first movies of a shared one.</summary>
    internal bool IsCustom => Skip > 0 || MinVotes > 0;

    /// <summary>The number of movies to compute.</summary>
    internal int ComputedLimit => IsCustom ? Limit : MaxMovies;

    /// <exception cref="ServiceDefaults.Errors.InvalidInputException">A parameter is out of range.</exception>
    internal static TopRatedQuery Parse(int? skip, int? limit, int? minVotes) =>
        new(
            QueryValues.RequireInRange("skip", skip ?? 0, 0, 10_000),
            QueryValues.RequireInRange("limit", limit ?? 10, 1, MaxMovies),
            QueryValues.RequireInRange("minVotes", minVotes ?? 0, 0, MovieLimits.Votes)
        );
}
