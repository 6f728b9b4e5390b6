using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Movies;

/// <summary>The criteria of a list of movies; null omits a criterion.</summary>
/// <param name="Search">Each word must be a prefix of a word in the title or the director's name.</param>
/// <param name="Genre">The complete genre, regardless of case and diacritics.</param>
/// <param name="YearFrom">Inclusive; excludes movies without a year.</param>
/// <param name="YearTo">Inclusive.</param>
/// <param name="MinRating">Inclusive; excludes movies without a rating.</param>
/// <param name="Director">Each word must be a prefix of a word in the director's name.</param>
/// <param name="Deleted">Only deleted movies instead of only the others.</param>
public sealed record MovieFilter(
    string? Search = null,
    string? Genre = null,
    int? YearFrom = null,
    int? YearTo = null,
    double? MinRating = null,
    string? Director = null,
    bool Deleted = false
);

/// <summary>Pages of movies.</summary>
public sealed class MovieLists(IMongoDatabase database)
{
    internal static readonly CreateIndexModel<MovieDocument>[] Indexes =
    [
        // One index per sort order, scanned in either direction. The ID makes the order total.
        Storage.Indexes.On<MovieDocument>("titleKey_id", MovieFields.TitleKey, MovieFields.Id),
        Storage.Indexes.On<MovieDocument>("ratingKey_id", MovieFields.RatingKey, MovieFields.Id),
        Storage.Indexes.On<MovieDocument>("yearKey_id", MovieFields.YearKey, MovieFields.Id),
        Storage.Indexes.On<MovieDocument>("ratingCount_id", MovieFields.RatingCount, MovieFields.Id),
        Storage.Indexes.On<MovieDocument>("createdAt_id", MovieFields.CreatedAt, MovieFields.Id),
        Storage.Indexes.On<MovieDocument>("genreKey_ratingKey_id", MovieFields.GenreKey, MovieFields.RatingKey, MovieFields.Id),
        Storage.Indexes.On<MovieDocument>("words", MovieFields.Words),
        Storage.Indexes.On<MovieDocument>("directorWords", MovieFields.DirectorWords),
        // Serves the ranking of the analytics.
        Storage.Indexes.On<MovieDocument>("rating_ratingCount_title_id", "-rating", "-ratingCount", "title", "_id"),
    ];

    // A planner prefers the index of the sort order, in which it would look for the few deleted movies among all.
    private static readonly FindOptions DeletedOnly = new() { Hint = RelationIndexes.Name(Lifecycle.DeletedAt) };

    private readonly IMongoCollection<MovieDocument> _movies = database.GetCollection<MovieDocument>(MovieEntity.Collection);

    /// <summary>Returns one page. The cursor must have been created for the same sort order; null returns the first page.</summary>
    public async Task<Page<MovieDocument>> ListAsync(
        MovieFilter filter,
        MovieSort sort,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var query = Filter(filter);
        if (query is null)
            return Page<MovieDocument>.Empty(limit);
        var total = await _movies.CountTotalAsync(query, limit, cancellationToken);
        Keyset.After(query, cursor, sort.Field, sort.IsDescending);
        var movies = await _movies
            .Find(query, filter.Deleted ? DeletedOnly : null)
            .Sort(Keyset.Sort(sort.Field, sort.IsDescending))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(movies, limit, sort.Name, movie => (sort.KeyOf(movie), movie.Id), total);
    }

    /// <summary>Returns the query of a filter, or null if nothing can match it (a search text without words).</summary>
    internal static BsonDocument? Filter(MovieFilter filter)
    {
        var query = filter.Deleted ? MovieFields.Deleted() : MovieFields.Live();
        if (filter.Genre is { } genre)
            query.Add(MovieFields.GenreKey, SearchWords.Fold(genre));
        if (filter.YearFrom is not null || filter.YearTo is not null)
        {
            query.Add(
                MovieFields.YearKey,
                new BsonDocument
                {
                    { "$gte", Math.Max(filter.YearFrom ?? int.MinValue, MovieFields.NoYear + 1) },
                    { "$lte", filter.YearTo ?? int.MaxValue },
                }
            );
        }

        if (filter.MinRating is { } minRating)
            query.Add(MovieFields.RatingKey, new BsonDocument("$gte", Math.Max(minRating, 0)));
        return AddWords(query, MovieFields.Words, filter.Search) && AddWords(query, MovieFields.DirectorWords, filter.Director)
            ? query
            : null;
    }

    /// <summary>
    /// Adds a condition per word. An anchored prefix is a range of the index. The longest word, probably the rarest, comes first, where
    /// the query planner looks.
    /// </summary>
    private static bool AddWords(BsonDocument query, string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return true;
        var prefixes = SearchWords
            .Of(text)
            .OrderByDescending(word => word.Length)
            .Select(word => new BsonRegularExpression("^" + Regex.Escape(word)))
            .ToArray();
        if (prefixes.Length == 0)
            return false;
        query.Add(field, prefixes[0]);
        if (prefixes.Length == 1)
            return true;
        if (!query.TryGetValue("$and", out var all))
            query.Add("$and", all = new BsonArray());
        foreach (var prefix in prefixes.Skip(1))
            all.AsBsonArray.Add(new BsonDocument(field, prefix));
        return true;
    }
}
