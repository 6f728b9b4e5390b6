using System.Diagnostics.CodeAnalysis;
using MongoDB.Bson;

namespace MovieLms.Data.Movies;

/// <summary>An order of films. Films without the value come first in ascending order, last in descending, as MongoDB sorts null.</summary>
public sealed class MovieSort
{
    private readonly Func<MovieDocument, BsonValue> _keyOf;
    private readonly BsonType _keyType;

    private MovieSort(string name, string field, BsonType keyType, Func<MovieDocument, BsonValue> keyOf)
    {
        (Name, Field, _keyType, _keyOf) = (name, field, keyType, keyOf);
        IsDescending = name[0] == '-';
    }

    /// <summary>Every order there is.</summary>
    public static IReadOnlyList<MovieSort> All { get; } =
    [
        new("title", MovieFields.TitleKey, BsonType.String, movie => SearchWords.Fold(movie.Title)),
        new("-title", MovieFields.TitleKey, BsonType.String, movie => SearchWords.Fold(movie.Title)),
        new("rating", MovieFields.RatingKey, BsonType.Double, movie => movie.Rating ?? MovieFields.NoRating),
        new("-rating", MovieFields.RatingKey, BsonType.Double, movie => movie.Rating ?? MovieFields.NoRating),
        new("year", MovieFields.YearKey, BsonType.Int32, movie => movie.Year ?? MovieFields.NoYear),
        new("-year", MovieFields.YearKey, BsonType.Int32, movie => movie.Year ?? MovieFields.NoYear),
    ];

    /// <summary>As a client writes it, a leading minus for descending.</summary>
    public string Name { get; }

    internal string Field { get; }

    internal bool IsDescending { get; }

    /// <summary>Reads an order's name; no name is by title.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out MovieSort? sort)
    {
        sort = name is null ? All[0] : All.FirstOrDefault(candidate => candidate.Name == name);
        return sort is not null;
    }

    /// <summary>True for a cursor key of the type that this order makes.</summary>
    public bool Accepts(BsonValue key) => key.BsonType == _keyType;

    internal BsonValue KeyOf(MovieDocument movie) => _keyOf(movie);
}
