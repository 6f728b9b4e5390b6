using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;
using MovieLms.Data.Reviews;

namespace MovieLms.Data.PersonalData;

/// <summary>A file of a user's documents.</summary>
public sealed record PersonalFile(ObjectId Id, string Name);

/// <summary>A user's rating of a movie, with what other programs need to recognize the movie.</summary>
public sealed record RatedMovie(string Title, int? Year, string? Director, double Rating, string? Comment);

/// <summary>Reads the documents that the export of a user's data contains.</summary>
public sealed class PersonalDataReader(IMongoDatabase database, EntityModel model)
{
    private const int BatchSize = 200;
    private static readonly string[] TitleFields = ["title", "name"];
    private readonly PersonalDataQueries _queries = new(database);

    /// <summary>Returns the names of the columns of a collection: the exported fields, and the titles of referenced documents.</summary>
    public IReadOnlyList<string> GetColumns(PersonalCollection collection)
    {
        var fields = GetFields(collection);
        var titles = GetTitles(collection).Select(title => title.Column);
        return [.. fields, .. titles.Where(title => !fields.Contains(title))];
    }

    /// <summary>Reads the exported fields of a user's documents of a collection.</summary>
    public async IAsyncEnumerable<BsonDocument> ReadAsync(
        PersonalCollection collection,
        UserDocument user,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var filter = await _queries.FilterAsync(collection.Links, user, cancellationToken);
        var projection = new BsonDocument("_id", 1);
        foreach (var field in GetFields(collection))
            projection[field] = 1;
        var titles = GetTitles(collection);
        using var cursor = await database
            .GetCollection<BsonDocument>(collection.Name)
            .Find(filter, new FindOptions { BatchSize = BatchSize })
            .Project(projection)
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            BsonDocument[] batch = [.. cursor.Current];
            foreach (var title in titles)
                await AddTitlesAsync(batch, title, cancellationToken);
            foreach (var document in batch)
                yield return document;
        }
    }

    /// <summary>Reads the files of a user's documents. A name is that of the uploaded file.</summary>
    public async IAsyncEnumerable<PersonalFile> ReadFilesAsync(
        PersonalCollection collection,
        UserDocument user,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var entity = model.All.First(entity => entity.Collection == collection.Name);
        await foreach (var document in ReadAsync(collection, user, cancellationToken))
        {
            var names = await database
                .GetCollection<BsonDocument>($"{Storage.CollectionNames.Files}.files")
                .Find(Storage.Lookups.ById(entity.FilesOf(document)))
                .Project(new BsonDocument("filename", 1))
                .ToListAsync(cancellationToken);
            foreach (var name in names)
                yield return new PersonalFile(name["_id"].AsObjectId, name.GetValue("filename", "file").AsString);
        }
    }

    /// <summary>Reads a user's ratings that are not deleted, with the movies.</summary>
    public async IAsyncEnumerable<RatedMovie> ReadRatingsAsync(
        ObjectId userId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var filter = Lifecycle.Live().Add(ReviewFields.UserId, userId);
        using var cursor = await database
            .GetCollection<ReviewDocument>(ReviewEntity.Collection)
            .Find(filter, new FindOptions { BatchSize = BatchSize })
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            ReviewDocument[] reviews = [.. cursor.Current];
            var found = await database
                .GetCollection<MovieDocument>(MovieEntity.Collection)
                .Find(Storage.Lookups.ById(reviews.Select(review => review.MovieId)))
                .ToListAsync(cancellationToken);
            var movies = found.ToDictionary(movie => movie.Id);
            foreach (var review in reviews)
            {
                if (movies.TryGetValue(review.MovieId, out var movie))
                    yield return new RatedMovie(movie.Title, movie.Year, movie.Director?.Name, review.Rating, review.Comment);
            }
        }
    }

    private IReadOnlyList<string> GetFields(PersonalCollection collection) =>
        collection.ExportedFields.Count > 0 ? collection.ExportedFields : [.. GetClassFields(collection.Name)];

    private IEnumerable<string> GetClassFields(string collection)
    {
        var type =
            collection == Storage.CollectionNames.ImportErrors
                ? typeof(ImportErrorDocument)
                : model.All.First(entity => entity.Collection == collection).Document;
        return BsonClassMap.LookupClassMap(type).AllMemberMaps.Select(member => member.ElementName);
    }

    /// <summary>Returns the references whose targets have a title or a name, which tells a reader more than an ID.</summary>
    private IReadOnlyList<TitleColumn> GetTitles(PersonalCollection collection)
    {
        if (model.All.FirstOrDefault(entity => entity.Collection == collection.Name) is not { } entity)
            return [];
        var fields = GetFields(collection);
        return
        [
            .. entity
                .References.Where(reference => fields.Contains(reference.Field) && reference.Field.EndsWith("Id", StringComparison.Ordinal))
                .Select(reference => (reference, Target: model[reference.To]))
                .Select(pair =>
                    (pair.reference, pair.Target, Title: TitleFields.FirstOrDefault(name => EntityModel.Fields(pair.Target).Contains(name)))
                )
                .Where(found => found.Title is not null)
                .Select(found => new TitleColumn(
                    found.reference.Field,
                    found.reference.Field[..^2] + (found.Title == "title" ? "Title" : "Name"),
                    found.Target.Collection,
                    found.Title!
                )),
        ];
    }

    private async Task AddTitlesAsync(BsonDocument[] batch, TitleColumn title, CancellationToken cancellationToken)
    {
        var ids = batch.Select(document => document.GetValue(title.Field, BsonNull.Value)).OfType<BsonObjectId>().Select(id => id.Value);
        var found = await Storage.Lookups.FieldsOfAsync(
            database.GetCollection<BsonDocument>(title.Collection),
            Storage.Lookups.ById(ids.Distinct()),
            title.TitleField,
            cancellationToken
        );
        var titles = found.ToDictionary(pair => pair.Id, pair => pair.Value);
        foreach (var document in batch)
        {
            if (document.TryGetValue(title.Field, out var id) && id.IsObjectId && titles.TryGetValue(id.AsObjectId, out var text))
                document[title.Column] = text;
        }
    }

    /// <summary>A column with the title of the document that a field refers to.</summary>
    private sealed record TitleColumn(string Field, string Column, string Collection, string TitleField);
}
