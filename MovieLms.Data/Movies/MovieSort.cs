using System.Diagnostics.CodeAnalysis;
using MongoDB.Bson;

namespace MovieLms.Data.Movies;

/// <summary>A sort order of movies. Movies without the value sort as null does: first ascending, last descending.</summary>
public sealed class MovieSort
{
    private readonly Func<MovieDocument, BsonValue> _keyOf;
    private readonly BsonType _keyType;

    private MovieSort(string name, string field, BsonType keyType, Func<MovieDocument, BsonValue> keyOf)
    {
        (Name, Field, _keyType, _keyOf) = (name, field, keyType, keyOf);
        IsDescending = name[0] == '-';
    }

    /// <summary>All sort orders.</summary>
    public static IReadOnlyList<MovieSort> All { get; } =
    [
        new("title", MovieFields.TitleKey, BsonType.String, movie => SearchWords.Fold(movie.Title)),
        new("-title", MovieFields.TitleKey, BsonType.String, movie => SearchWords.Fold(movie.Title)),
        new("rating", MovieFields.RatingKey, BsonType.Double, movie => movie.Rating ?? MovieFields.NoRating),
        new("-rating", MovieFields.RatingKey, BsonType.Double, movie => movie.Rating ?? MovieFields.NoRating),
        new("year", MovieFields.YearKey, BsonType.Int32, movie => movie.Year ?? MovieFields.NoYear),
        new("-year", MovieFields.YearKey, BsonType.Int32, movie => movie.Year ?? MovieFields.NoYear),
        new("votes", MovieFields.RatingCount, BsonType.Int64, movie => movie.RatingCount),
        new("-votes", MovieFields.RatingCount, BsonType.Int64, movie => movie.RatingCount),
        new("added", MovieFields.CreatedAt, BsonType.DateTime, movie => new BsonDateTime(movie.CreatedAt.UtcDateTime)),
        new("-added", MovieFields.CreatedAt, BsonType.DateTime, movie => new BsonDateTime(movie.CreatedAt.UtcDateTime)),
    ];

    /// <summary>The names of all sort orders.</summary>
    public static IEnumerable<string> Names => All.Select(sort => sort.Name);

    /// <summary>The name that clients send; a leading minus means descending.</summary>
    public string Name { get; }

    internal string Field { get; }

    internal bool IsDescending { get; }

    /// <summary>Parses the name of a sort order; null means by title.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out MovieSort? sort)
    {
        sort = name is null ? All[0] : All.FirstOrDefault(candidate => candidate.Name == name);
        return sort is not null;
    }

    /// <summary>Returns true if a cursor key has the type of this order's keys.</summary>
    public bool Accepts(BsonValue key) => key.BsonType == _keyType;

    internal BsonValue KeyOf(MovieDocument movie) => _keyOf(movie);
}
