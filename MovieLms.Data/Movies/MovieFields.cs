using MongoDB.Bson;

namespace MovieLms.Data.Movies;

/// <summary>The field names of a stored movie, for filters and pipelines.</summary>
internal static class MovieFields
{
    internal const string Id = "_id";
    internal const string Title = "title";
    internal const string TitleKey = "titleKey";
    internal const string Genre = "genre";
    internal const string GenreKey = "genreKey";
    internal const string Year = "year";
    internal const string YearKey = "yearKey";
    internal const string Rating = "rating";
    internal const string RatingKey = "ratingKey";
    internal const string RatingCount = "ratingCount";
    internal const string ImportedRating = "importedRating";
    internal const string ImportedVotes = "importedVotes";
    internal const string ReviewTenths = "reviewTenths";
    internal const string ReviewCount = "reviewCount";
    internal const string Director = "director";
    internal const string DirectorWords = "directorWords";
    internal const string Words = "words";
    internal const string RuntimeMinutes = "runtimeMinutes";
    internal const string Distributor = "distributor";
    internal const string MpaaRating = "mpaaRating";
    internal const string Gross = "gross";
    internal const string GrossUs = "gross.us";
    internal const string GrossWorldwide = "gross.worldwide";
    internal const string Budget = "budget";
    internal const string ReleaseDate = "releaseDate";
    internal const string HasPoster = "hasPoster";
    internal const string Version = "version";
    internal const string CreatedAt = "createdAt";
    internal const string UpdatedAt = "updatedAt";
    internal const string DeletedAt = "deletedAt";

    /// <summary>Sorts before every year.</summary>
    internal const int NoYear = 0;

    /// <summary>Sorts before every rating.</summary>
    internal const double NoRating = -1;

    /// <summary>Fields that serve queries and are never returned.</summary>
    internal static readonly string[] Internal =
    [
        TitleKey,
        GenreKey,
        YearKey,
        RatingKey,
        ImportedRating,
        ImportedVotes,
        ReviewTenths,
        ReviewCount,
        Words,
        DirectorWords,
        DeletedAt,
    ];

    /// <summary>Returns the filter for movies that are not deleted.</summary>
    internal static BsonDocument Live() => new(DeletedAt, BsonNull.Value);

    /// <summary>Returns the filter for deleted movies, which the partial index of the field serves.</summary>
    internal static BsonDocument Deleted() => new(DeletedAt, new BsonDocument { { "$exists", true }, { "$ne", BsonNull.Value } });

    /// <summary>Returns the filter for a movie that is not deleted.</summary>
    internal static BsonDocument Live(ObjectId id) => new() { { Id, id }, { DeletedAt, BsonNull.Value } };
}
