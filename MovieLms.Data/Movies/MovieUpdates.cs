using MongoDB.Bson;
using MongoDB.Driver;

namespace MovieLms.Data.Movies;

/// <summary>
/// The update pipelines of a movie (https://www.mongodb.com/docs/manual/tutorial/update-documents-with-aggregation-pipeline/).
/// Each ends with <see cref="Computed"/>, which derives the dependent fields within the same atomic write, so that no concurrent
/// review or import is lost.
/// </summary>
internal static class MovieUpdates
{
    private static readonly string[] Optional =
    [
        MovieFields.Genre,
        MovieFields.GenreKey,
        MovieFields.Year,
        MovieFields.Director,
        MovieFields.DirectorWords,
        MovieFields.RuntimeMinutes,
        MovieFields.Distributor,
        MovieFields.MpaaRating,
        MovieFields.Gross,
        MovieFields.Budget,
        MovieFields.ReleaseDate,
    ];

    /// <summary>Sets all fields of <paramref name="details"/> and removes those that are null.</summary>
    internal static UpdateDefinition<MovieDocument> Replace(MovieDetails details, DateTimeOffset now)
    {
        var set = PlainFields(details);
        AddIfAny(set, MovieFields.Director, Director(details));
        AddIfAny(set, MovieFields.DirectorWords, details.DirectorName is null ? null : new BsonArray(SearchWords.Of(details.DirectorName)));
        AddIfAny(set, MovieFields.Gross, Gross(details));
        var absent = Optional.Where(name => !set.Contains(name)).ToArray();
        return Pipeline([
            .. absent.Length == 0 ? [] : new[] { new BsonDocument("$unset", new BsonArray(absent)) },
            new BsonDocument("$set", Literals(set)),
            .. Computed(details.Title, now),
        ]);
    }

    /// <summary>Sets the fields that a row has, also for a new movie.</summary>
    internal static UpdateDefinition<MovieDocument> Import(MovieImportRow row, DateTimeOffset now)
    {
        var details = row.Details;
        var plain = PlainFields(details);
        if (row.Rating is { } rating)
        {
            plain.Add(MovieFields.ImportedRating, rating);
            plain.Add(MovieFields.ImportedVotes, row.Votes);
        }
        if (details.GrossUs is { } us)
            plain.Add(MovieFields.GrossUs, us);
        if (details.GrossWorldwide is { } worldwide)
            plain.Add(MovieFields.GrossWorldwide, worldwide);
        var set = Literals(plain);
        if (details.DirectorName is { } name)
        {
            set.Add(MovieFields.DirectorWords, Literal(new BsonArray(SearchWords.Of(name))));
            // A different name is a different person, so the stored nationality no longer applies.
            set.Add(
                MovieFields.Director,
                details.DirectorNationality is null
                    ? new BsonDocument(
                        "$cond",
                        new BsonArray
                        {
                            new BsonDocument("$eq", new BsonArray { "$" + MovieFields.DirectorName, Literal(name) }),
                            "$" + MovieFields.Director,
                            Literal(Director(details)!),
                        }
                    )
                    : Literal(Director(details)!)
            );
        }
        return Pipeline([new BsonDocument("$set", set), .. Computed(details.Title, now)]);
    }

    /// <summary>Adds a review to the rating, or removes one with negative numbers.</summary>
    internal static UpdateDefinition<MovieDocument> AddReview(long tenths, long count, DateTimeOffset now) =>
        Pipeline([
            new BsonDocument(
                "$set",
                new BsonDocument
                {
                    { MovieFields.ReviewTenths, Sum(MovieFields.ReviewTenths, tenths) },
                    { MovieFields.ReviewCount, Sum(MovieFields.ReviewCount, count) },
                }
            ),
            .. Computed(null, now),
        ]);

    /// <summary>Sets the sum and number of the reviews, to repair them after a crash between two writes.</summary>
    internal static UpdateDefinition<MovieDocument> SetReviews(long tenths, long count, DateTimeOffset now) =>
        Pipeline([
            new BsonDocument("$set", new BsonDocument { { MovieFields.ReviewTenths, tenths }, { MovieFields.ReviewCount, count } }),
            .. Computed(null, now),
        ]);

    /// <summary>
    /// rating = (importedRating × importedVotes + sum of reviews) / (importedVotes + number of reviews). Without reviews it is exactly the
    /// imported rating, because multiplying and dividing could change its last bit and thus the order of equal ratings.
    /// </summary>
    private static BsonDocument[] Computed(string? title, DateTimeOffset now)
    {
        var first = new BsonDocument
        {
            { MovieFields.ImportedVotes, OrZero(MovieFields.ImportedVotes) },
            { MovieFields.ReviewTenths, OrZero(MovieFields.ReviewTenths) },
            { MovieFields.ReviewCount, OrZero(MovieFields.ReviewCount) },
            { MovieFields.Version, Sum(MovieFields.Version, 1) },
            { MovieFields.CreatedAt, new BsonDocument("$ifNull", new BsonArray { "$" + MovieFields.CreatedAt, now.UtcDateTime }) },
            { MovieFields.UpdatedAt, now.UtcDateTime },
            { MovieFields.YearKey, new BsonDocument("$ifNull", new BsonArray { "$" + MovieFields.Year, MovieFields.NoYear }) },
        };
        if (title is not null)
        {
            first.Add(
                MovieFields.Words,
                new BsonDocument(
                    "$setUnion",
                    new BsonArray
                    {
                        Literal(new BsonArray(SearchWords.Of(title))),
                        new BsonDocument("$ifNull", new BsonArray { "$" + MovieFields.DirectorWords, new BsonArray() }),
                    }
                )
            );
        }

        var weighted = new BsonDocument(
            "$divide",
            new BsonArray
            {
                new BsonDocument(
                    "$add",
                    new BsonArray
                    {
                        new BsonDocument(
                            "$multiply",
                            new BsonArray
                            {
                                new BsonDocument("$ifNull", new BsonArray { "$" + MovieFields.ImportedRating, 0 }),
                                "$" + MovieFields.ImportedVotes,
                            }
                        ),
                        new BsonDocument("$divide", new BsonArray { "$" + MovieFields.ReviewTenths, 10 }),
                    }
                ),
                new BsonDocument("$add", new BsonArray { "$" + MovieFields.ImportedVotes, "$" + MovieFields.ReviewCount }),
            }
        );
        var second = new BsonDocument
        {
            {
                MovieFields.RatingCount,
                new BsonDocument("$add", new BsonArray { "$" + MovieFields.ImportedVotes, "$" + MovieFields.ReviewCount })
            },
            {
                MovieFields.Rating,
                new BsonDocument(
                    "$cond",
                    new BsonArray
                    {
                        new BsonDocument("$gt", new BsonArray { "$" + MovieFields.ReviewCount, 0 }),
                        weighted,
                        new BsonDocument("$ifNull", new BsonArray { "$" + MovieFields.ImportedRating, BsonNull.Value }),
                    }
                )
            },
        };
        var third = new BsonDocument(
            MovieFields.RatingKey,
            new BsonDocument("$ifNull", new BsonArray { "$" + MovieFields.Rating, MovieFields.NoRating })
        );
        return [new BsonDocument("$set", first), new BsonDocument("$set", second), new BsonDocument("$set", third)];
    }

    /// <summary>Returns the fields that are copied unchanged, with their sort keys. Null fields are omitted.</summary>
    private static BsonDocument PlainFields(MovieDetails details)
    {
        var set = new BsonDocument { { MovieFields.Title, details.Title }, { MovieFields.TitleKey, SearchWords.Fold(details.Title) } };
        AddIfAny(set, MovieFields.Genre, details.Genre);
        AddIfAny(set, MovieFields.GenreKey, details.Genre is null ? null : SearchWords.Fold(details.Genre));
        AddIfAny(set, MovieFields.Year, details.Year ?? details.ReleaseDate?.Year);
        AddIfAny(set, MovieFields.RuntimeMinutes, details.RuntimeMinutes);
        AddIfAny(set, MovieFields.Distributor, details.Distributor);
        AddIfAny(set, MovieFields.MpaaRating, details.MpaaRating);
        AddIfAny(set, MovieFields.Budget, details.Budget);
        AddIfAny(set, MovieFields.ReleaseDate, details.ReleaseDate is { } date ? Date(date) : null);
        return set;
    }

    internal static BsonValue Date(DateOnly? date) =>
        date is { } value ? new BsonDateTime(value.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)) : BsonNull.Value;

    private static BsonDocument? Director(MovieDetails details) =>
        Document(("name", details.DirectorName), ("nationality", details.DirectorNationality));

    private static BsonDocument? Gross(MovieDetails details) => Document(("us", details.GrossUs), ("worldwide", details.GrossWorldwide));

    private static BsonDocument? Document(params ReadOnlySpan<(string Name, BsonValue? Value)> parts)
    {
        var document = new BsonDocument();
        foreach (var (name, value) in parts)
            AddIfAny(document, name, value);
        return document.ElementCount == 0 ? null : document;
    }

    private static void AddIfAny(BsonDocument document, string name, BsonValue? value)
    {
        if (value is not null and not BsonNull)
            document.Add(name, value);
    }

    /// <summary>Prevents a value that starts with a dollar sign (the title <c>$9.99</c>) from being read as a field path.</summary>
    private static BsonDocument Literal(BsonValue value) => new("$literal", value);

    private static BsonDocument Literals(BsonDocument values) =>
        new(values.Select(element => new BsonElement(element.Name, Literal(element.Value))));

    private static BsonDocument OrZero(string field) => new("$ifNull", new BsonArray { "$" + field, 0L });

    private static BsonDocument Sum(string field, long value) => new("$add", new BsonArray { OrZero(field), value });

    private static UpdateDefinition<MovieDocument> Pipeline(BsonDocument[] stages) =>
        Builders<MovieDocument>.Update.Pipeline(new BsonDocumentStagePipelineDefinition<MovieDocument, MovieDocument>(stages));
}
