using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Movies;

/// <summary>The rows of one movie in a batch, in order. Later values replace earlier ones.</summary>
internal sealed class ImportedMovie
{
    private readonly List<MovieImportRow> _rows;
    private readonly BsonDocument _fields;

    private ImportedMovie(MovieImportRow row)
    {
        _rows = [row];
        _fields = MovieUpdates.RowFields(row);
        Key = new MovieKey(row.Details.Title, row.Details.ReleaseDate);
    }

    internal MovieKey Key { get; }

    /// <summary>Groups rows by movie, in the order of each movie's first row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxRows">The maximum number of rows per movie.</param>
    /// <param name="remaining">The rows of movies with more than <paramref name="maxRows"/> rows, to store after the result.</param>
    internal static List<ImportedMovie> Group(IReadOnlyList<MovieImportRow> rows, int maxRows, out List<MovieImportRow> remaining)
    {
        remaining = [];
        var movies = new List<ImportedMovie>(rows.Count);
        var byKey = new Dictionary<MovieKey, ImportedMovie>(rows.Count);
        foreach (var row in rows)
        {
            if (!byKey.TryGetValue(new MovieKey(row.Details.Title, row.Details.ReleaseDate), out var movie))
            {
                movie = new ImportedMovie(row);
                byKey.Add(movie.Key, movie);
                movies.Add(movie);
            }
            else if (movie._rows.Count < maxRows)
            {
                movie.Add(row);
            }
            else
            {
                remaining.Add(row);
            }
        }
        return movies;
    }

    /// <summary>Returns whether <see cref="ToUpsert"/> would change a stored movie beyond its version and the time of the update.</summary>
    internal bool Changes(BsonDocument stored)
    {
        foreach (var field in _fields)
        {
            if (!field.Value.Equals(Find(stored, field.Name)))
                return true;
        }
        var director = stored.GetValue(MovieFields.Director, null);
        return !Equals(director, ResolveDirector(director)) || !Array.TrueForAll(MovieUpdates.ComputedFields, stored.Contains);
    }

    /// <summary>Returns the document that <see cref="ToUpsert"/> creates. Computes the same fields as <see cref="MovieUpdates"/>.</summary>
    internal BsonDocument ToDocument(DateTimeOffset now)
    {
        var movie = new BsonDocument(MovieFields.Id, ObjectId.GenerateNewId(now.UtcDateTime)).AddRange(Key.ToFilter());
        foreach (var field in _fields)
            Set(movie, field.Name, field.Value);
        if (ResolveDirector(null) is { } director)
            movie.Add(MovieFields.Director, director);
        var rating = _fields.GetValue(MovieFields.ImportedRating, BsonNull.Value);
        var votes = _fields.GetValue(MovieFields.ImportedVotes, 0L);
        movie[MovieFields.ImportedVotes] = votes;
        movie.Add(MovieFields.ReviewTenths, 0L);
        movie.Add(MovieFields.ReviewCount, 0L);
        movie.Add(MovieFields.Version, 1L);
        movie.Add(MovieFields.CreatedAt, now.UtcDateTime);
        movie.Add(MovieFields.UpdatedAt, now.UtcDateTime);
        movie.Add(MovieFields.YearKey, _fields.GetValue(MovieFields.Year, MovieFields.NoYear));
        movie.Add(MovieFields.Words, GetWords());
        movie.Add(MovieFields.RatingCount, votes);
        movie.Add(MovieFields.Rating, rating);
        movie.Add(MovieFields.RatingKey, rating.IsBsonNull ? MovieFields.NoRating : rating);
        return movie;
    }

    /// <summary>Creates the movie, or updates the stored one.</summary>
    internal UpdateOneModel<BsonDocument> ToUpsert(DateTimeOffset now) =>
        new(Key.ToFilter(), MovieUpdates.Import<BsonDocument>(_rows, now)) { IsUpsert = true };

    private void Add(MovieImportRow row)
    {
        _rows.Add(row);
        foreach (var field in MovieUpdates.RowFields(row))
            _fields[field.Name] = field.Value;
    }

    private BsonValue? ResolveDirector(BsonValue? stored)
    {
        foreach (var row in _rows)
            stored = MovieUpdates.ResolveDirector(row.Details, stored);
        return stored;
    }

    private BsonArray GetWords()
    {
        var words = new BsonArray(SearchWords.Of(Key.Title));
        if (_fields.TryGetValue(MovieFields.DirectorWords, out var directorWords))
            words.AddRange(directorWords.AsBsonArray.Except(words.ToArray()));
        return words;
    }

    /// <summary>Returns the value at a path of at most two names; null if it is missing.</summary>
    private static BsonValue? Find(BsonDocument document, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            return document.GetValue(path, null);
        return document.GetValue(path[..dot], null) is BsonDocument inner ? inner.GetValue(path[(dot + 1)..], null) : null;
    }

    /// <summary>Sets the value at a path of at most two names.</summary>
    private static void Set(BsonDocument document, string path, BsonValue value)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
            document[path] = value;
        else if (document.TryGetValue(path[..dot], out var inner))
            inner[path[(dot + 1)..]] = value;
        else
            document.Add(path[..dot], new BsonDocument(path[(dot + 1)..], value));
    }
}

/// <summary>The natural key of a movie. Two missing dates are equal.</summary>
internal readonly record struct MovieKey(string Title, DateOnly? ReleaseDate)
{
    /// <summary>Returns the key of a stored movie.</summary>
    internal static MovieKey Of(BsonDocument stored) =>
        new(
            stored[MovieFields.Title].AsString,
            stored.GetValue(MovieFields.ReleaseDate, null) is BsonDateTime date ? DateOnly.FromDateTime(date.ToUniversalTime()) : null
        );

    /// <summary>Returns the filter for the movie. An upsert stores its values, so a missing date is stored as null.</summary>
    internal BsonDocument ToFilter() => new() { { MovieFields.Title, Title }, { MovieFields.ReleaseDate, MovieUpdates.Date(ReleaseDate) } };
}
