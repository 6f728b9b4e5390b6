using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

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

    // Computed fills in the times and the words of the title. A movie without a year has MovieFields.NoYear.
    private static readonly BsonDocument Counted = BsonDocument.Parse(
        """
        { $set: {
          importedVotes: { $ifNull: [ "$importedVotes", NumberLong(0) ] },
          reviewTenths: { $ifNull: [ "$reviewTenths", NumberLong(0) ] },
          reviewCount: { $ifNull: [ "$reviewCount", NumberLong(0) ] },
          version: { $add: [ { $ifNull: [ "$version", NumberLong(0) ] }, NumberLong(1) ] },
          createdAt: { $ifNull: [ "$createdAt", null ] },
          updatedAt: null,
          yearKey: { $ifNull: [ "$year", 0 ] },
          words: { $setUnion: [ { $literal: [] }, { $ifNull: [ "$directorWords", [] ] } ] }
        } }
        """
    );

    // A movie without a rating has MovieFields.NoRating as its key.
    private static readonly BsonDocument[] Rated = PipelineText.Parse(
        """
        [
          { $set: {
            ratingCount: { $add: [ "$importedVotes", "$reviewCount" ] },
            rating: { $cond: [
              { $gt: [ "$reviewCount", 0 ] },
              { $divide: [
                { $add: [
                  { $multiply: [ { $ifNull: [ "$importedRating", 0 ] }, "$importedVotes" ] },
                  { $divide: [ "$reviewTenths", 10 ] }
                ] },
                { $add: [ "$importedVotes", "$reviewCount" ] }
              ] },
              { $ifNull: [ "$importedRating", null ] }
            ] }
          } },
          { $set: { ratingKey: { $ifNull: [ "$rating", -1.0 ] } } }
        ]
        """
    );

    /// <summary>The fields that <see cref="Computed"/> sets in every movie.</summary>
    internal static readonly string[] ComputedFields =
    [
        .. new[] { Counted }.Concat(Rated).SelectMany(stage => stage["$set"].AsBsonDocument.Names),
    ];

    // ResolveDirector as an expression. SetRow fills in the literals: the new name and the new director.
    private static readonly BsonDocument SameNameOrNew = BsonDocument.Parse(
        """
        { $cond: [ { $eq: [ "$director.name", { $literal: null } ] }, "$director", { $literal: null } ] }
        """
    );

    // AddReview fills in the numbers to add.
    private static readonly BsonDocument ReviewAdded = BsonDocument.Parse(
        """
        { $set: {
          reviewTenths: { $add: [ { $ifNull: [ "$reviewTenths", NumberLong(0) ] }, NumberLong(0) ] },
          reviewCount: { $add: [ { $ifNull: [ "$reviewCount", NumberLong(0) ] }, NumberLong(0) ] }
        } }
        """
    );

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

    /// <summary>Sets the fields that the rows of one movie have, in order, also for a new movie.</summary>
    internal static UpdateDefinition<TDocument> Import<TDocument>(IReadOnlyList<MovieImportRow> rows, DateTimeOffset now) =>
        Pipeline<TDocument>([.. rows.Select(SetRow), .. Computed(rows[0].Details.Title, now)]);

    /// <summary>
    /// Returns a movie's director after a row. A different name is a different person, to whom the stored nationality does not apply.
    /// </summary>
    internal static BsonValue? ResolveDirector(MovieDetails details, BsonValue? stored)
    {
        if (details.DirectorName is null)
            return stored;
        var isSame =
            details.DirectorNationality is null
            && stored is BsonDocument director
            && director.GetValue("name", null) == details.DirectorName;
        return isSame ? stored : Director(details);
    }

    /// <summary>Returns the fields that a row sets, except the director, by path.</summary>
    internal static BsonDocument RowFields(MovieImportRow row)
    {
        var details = row.Details;
        var fields = PlainFields(details);
        if (row.Rating is { } rating)
        {
            fields.Add(MovieFields.ImportedRating, rating);
            fields.Add(MovieFields.ImportedVotes, row.Votes);
        }
        if (details.GrossUs is { } us)
            fields.Add(MovieFields.GrossUs, us);
        if (details.GrossWorldwide is { } worldwide)
            fields.Add(MovieFields.GrossWorldwide, worldwide);
        if (details.DirectorName is { } name)
            fields.Add(MovieFields.DirectorWords, new BsonArray(SearchWords.Of(name)));
        return fields;
    }

    /// <summary>Adds a review to the rating, or removes one with negative numbers.</summary>
    internal static UpdateDefinition<MovieDocument> AddReview(long tenths, long count, DateTimeOffset now)
    {
        var added = ReviewAdded.DeepClone().AsBsonDocument;
        var set = added["$set"];
        set[MovieFields.ReviewTenths]["$add"][1] = tenths;
        set[MovieFields.ReviewCount]["$add"][1] = count;
        return Pipeline([added, .. Computed(null, now)]);
    }

    /// <summary>Sets the sum and number of the reviews, to repair them after a crash between two writes.</summary>
    internal static UpdateDefinition<MovieDocument> SetReviews(long tenths, long count, DateTimeOffset now) =>
        Pipeline([
            new BsonDocument("$set", new BsonDocument { { MovieFields.ReviewTenths, tenths }, { MovieFields.ReviewCount, count } }),
            .. Computed(null, now),
        ]);

    private static BsonDocument SetRow(MovieImportRow row)
    {
        var details = row.Details;
        var set = Literals(RowFields(row));
        if (details.DirectorName is { } name)
        {
            var director = Literal(Director(details)!);
            if (details.DirectorNationality is null)
            {
                var kept = SameNameOrNew.DeepClone().AsBsonDocument;
                kept["$cond"][0]["$eq"][1]["$literal"] = name;
                kept["$cond"][2] = director;
                director = kept;
            }
            set.Add(MovieFields.Director, director);
        }
        return new BsonDocument("$set", set);
    }

    /// <summary>
    /// rating = (importedRating × importedVotes + sum of reviews) / (importedVotes + number of reviews). Without reviews it is exactly the
    /// imported rating, because multiplying and dividing could change its last bit and thus the order of equal ratings.
    /// </summary>
    private static BsonDocument[] Computed(string? title, DateTimeOffset now)
    {
        var counted = Counted.DeepClone().AsBsonDocument;
        var set = counted["$set"].AsBsonDocument;
        set[MovieFields.CreatedAt]["$ifNull"][1] = now.UtcDateTime;
        set[MovieFields.UpdatedAt] = now.UtcDateTime;
        if (title is null)
            set.Remove(MovieFields.Words);
        else
            set[MovieFields.Words]["$setUnion"][0]["$literal"] = new BsonArray(SearchWords.Of(title));
        return [counted, .. Rated];
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

    private static UpdateDefinition<MovieDocument> Pipeline(BsonDocument[] stages) => Pipeline<MovieDocument>(stages);

    private static UpdateDefinition<TDocument> Pipeline<TDocument>(BsonDocument[] stages) =>
        Builders<TDocument>.Update.Pipeline(new BsonDocumentStagePipelineDefinition<TDocument, TDocument>(stages));
}
