using MovieLms.ApiService.Http;
using MovieLms.Application.Caching;
using MovieLms.Data.Analytics;
using MovieLms.ServiceDefaults.Caching;

namespace MovieLms.ApiService.Analytics;

/// <summary>The genres of the catalog: few enough for one response.</summary>
internal sealed record GenresResponse(IReadOnlyList<Genre> Items);

/// <summary>The genres, for filters of the movie list. <see cref="AnalyticsCache"/> describes how the response is cached.</summary>
internal static class GenreEndpoint
{
    private static readonly string[] MovieTags = [CacheKeys.Movies];

    internal static void MapGenres(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/genres", "Movies")
            .ProducesAge()
            .MapGet("/", GetAsync)
            .AllowAnonymous()
            .Produces<GenresResponse>()
            .WithName("listGenres")
            .WithSummary("List genres")
            .WithDescription(
                "The genres of the catalog by name, at most 1,000, with their numbers of movies. Spellings that differ only in case or "
                    + "accents are one genre, as in the filter `genre` of the movie list."
            );

    private static Task<CachedJsonResult> GetAsync(AnalyticsStore analytics, AnalyticsCache cache, CancellationToken cancellationToken) =>
        cache.GetAsync(
            CacheKeys.Analytics("genres"),
            MovieTags,
            async token => new GenresResponse(await analytics.GenresAsync(token)),
            cancellationToken
        );
}
