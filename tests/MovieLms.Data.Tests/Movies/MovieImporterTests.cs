using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Reviews;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Movies;

public sealed class MovieImporterTests(DataFixture data) : IClassFixture<DataFixture>
{
    [Fact]
    public async Task A_repeated_import_updates_and_creates_nothing()
    {
        var rows = Enumerable.Range(0, 50).Select(i => Row($"Repeated {i}", new DateOnly(1990, 1, 1 + (i % 28)), 5)).ToArray();
        Assert.Equal(new MovieUpsertResult(50, 0), await ImportAsync(rows));
        Assert.Equal(new MovieUpsertResult(0, 50), await ImportAsync(rows));
    }

    [Fact]
    public async Task A_repeated_import_writes_nothing()
    {
        var rows = new MovieRows(7, "Unchanged").Take(200);
        await ImportAsync(rows);
        var (before, changes) = (await ReadAsync("Unchanged"), data.Changes.Published.Count);
        Assert.Equal(new MovieUpsertResult(0, rows.Length), await ImportAsync(rows));
        Assert.Equal(before, await ReadAsync("Unchanged"));
        Assert.Equal(changes, data.Changes.Published.Count);
    }

    [Fact]
    public async Task An_import_writes_only_the_movies_that_change()
    {
        await ImportAsync(Row("Partly 1", null, 5), Row("Partly 2", null, 5));
        var before = await ReadAsync("Partly");
        var changes = data.Changes.Published.Count;
        await ImportAsync(Row("Partly 1", null, 5), Row("Partly 2", null, 6), Row("Partly 3", null, 7));
        var after = await ReadAsync("Partly");
        Assert.Equal(before[0], after[0]);
        Assert.Equal([1L, 2, 1], after.Select(movie => movie["version"].AsInt64));
        Assert.Equal([5.0, 6, 7], after.Select(movie => movie["rating"].AsDouble));
        Assert.Equal(changes + 1, data.Changes.Published.Count);
    }

    [Fact]
    public async Task An_import_completes_movies_of_earlier_versions_that_lack_a_computed_field()
    {
        await ImportAsync(Row("Incomplete", null, 5));
        await Movies.UpdateOneAsync(new BsonDocument("title", "Incomplete"), new BsonDocument("$unset", new BsonDocument("yearKey", "")));
        await ImportAsync(Row("Incomplete", null, 5));
        Assert.Equal(0, Assert.Single(await ReadAsync("Incomplete"))["yearKey"].AsInt32);
    }

    [Fact]
    public async Task A_deleted_movie_is_updated_and_stays_deleted()
    {
        await ImportAsync(Row("Removed", null, 5));
        await Movies.UpdateOneAsync(
            new BsonDocument("title", "Removed"),
            new BsonDocument("$set", new BsonDocument("deletedAt", DateTime.UnixEpoch))
        );
        Assert.Equal(new MovieUpsertResult(0, 1), await ImportAsync(Row("Removed", null, 6)));
        var movie = Assert.Single(await ReadAsync("Removed"));
        Assert.Equal(6.0, movie["rating"].AsDouble);
        Assert.Equal(DateTime.UnixEpoch, movie["deletedAt"].ToUniversalTime());
    }

    [Fact]
    public async Task A_movie_without_a_date_is_found_whether_the_date_is_null_or_missing()
    {
        await ImportAsync(Row("Undated", null, 5));
        Assert.True(Assert.Single(await ReadAsync("Undated"))["releaseDate"].IsBsonNull);
        await Movies.UpdateOneAsync(new BsonDocument("title", "Undated"), new BsonDocument("$unset", new BsonDocument("releaseDate", "")));
        var before = await ReadAsync("Undated");
        await ImportAsync(Row("Undated", null, 5));
        Assert.Equal(before, await ReadAsync("Undated"));
    }

    [Fact]
    public async Task A_movie_is_found_among_many_with_the_same_title()
    {
        var rows = Enumerable.Range(0, 300).Select(i => Row("Untitled", new DateOnly(1950, 1, 1).AddDays(i), 5)).ToArray();
        await ImportAsync(rows);
        var before = await ReadAsync("Untitled");
        foreach (var row in rows.Where((_, i) => i % 50 == 49))
            Assert.Equal(new MovieUpsertResult(0, 1), await ImportAsync(row));
        Assert.Equal(before, await ReadAsync("Untitled"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task An_import_has_the_same_result_as_upserting_each_row_in_order(int seed)
    {
        var rows = new MovieRows(seed, $"Equal {seed}");
        var expected = data.Database.GetCollection<BsonDocument>($"expected{seed}");
        foreach (var batch in new[] { rows.Take(300), rows.Take(300) })
        {
            await ImportAsync(batch);
            foreach (var row in batch)
            {
                await expected.UpdateOneAsync(
                    new MovieKey(row.Details.Title, row.Details.ReleaseDate).ToFilter(),
                    MovieUpdates.Import<BsonDocument>([row], DateTimeOffset.UnixEpoch),
                    new UpdateOptions { IsUpsert = true }
                );
            }

            var (actual, wanted) = (await ReadAsync(Movies, $"Equal {seed}"), await ReadAsync(expected, $"Equal {seed}"));
            Assert.Equal(wanted.Select(WithoutRevision), actual.Select(WithoutRevision));
        }
    }

    [Fact]
    public async Task A_new_movie_has_version_1_and_the_time_of_the_import()
    {
        await ImportAsync(Row("Fresh", null, 5), Row("Fresh", null, 6));
        var movie = Assert.Single(await ReadAsync("Fresh"));
        Assert.Equal(BsonType.Int64, movie["version"].BsonType);
        Assert.Equal(1, movie["version"].AsInt64);
        Assert.Equal(movie["createdAt"], movie["updatedAt"]);
        Assert.Equal(data.Get<TimeProvider>().GetUtcNow().UtcDateTime, movie["createdAt"].ToUniversalTime(), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task More_rows_of_one_movie_than_a_pipeline_has_stages_apply_in_order()
    {
        var rows = Enumerable.Range(0, 1_200).Select(i => Row("Repetitive", null, i % 11)).ToArray();
        Assert.Equal(new MovieUpsertResult(1, 1_199), await ImportAsync(rows));
        await ImportAsync([.. rows.Reverse()]);
        Assert.Equal(0.0, Assert.Single(await ReadAsync("Repetitive"))["rating"].AsDouble);
    }

    [Fact]
    public async Task A_movie_that_occurs_twice_in_a_batch_is_created_once()
    {
        var row = Row("Doubled", null, 5);
        Assert.Equal(new MovieUpsertResult(1, 1), await ImportAsync(row, row));
    }

    [Fact]
    public async Task Concurrent_imports_create_each_movie_once()
    {
        var rows = Enumerable.Range(0, 40).Select(i => Row($"Raced {i}", new DateOnly(2001, 2, 3), 5)).ToArray();
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ImportAsync(rows)));
        Assert.Equal(40, results.Sum(result => result.Created));
        Assert.Equal(120, results.Sum(result => result.Updated));
    }

    [Fact]
    public async Task An_import_keeps_the_reviews_and_includes_them_in_the_rating()
    {
        await ImportAsync(Row("Reviewed", new DateOnly(2000, 1, 1), 6, 1));
        var movie = await FindAsync("Reviewed");
        await data.Get<ReviewStore>().CreateAsync(movie.Id, ObjectId.GenerateNewId(), 10, null, default);
        await ImportAsync(Row("Reviewed", new DateOnly(2000, 1, 1), 4, 2));
        movie = await FindAsync("Reviewed");
        Assert.Equal(((4.0 * 2) + 10) / 3, movie.Rating!.Value, 1e-12);
        Assert.Equal(3, movie.RatingCount);
    }

    [Fact]
    public async Task Missing_values_keep_the_stored_ones_and_dollar_signs_are_plain_text()
    {
        await ImportAsync(
            new MovieImportRow(
                new MovieDetails
                {
                    Title = "$9.99",
                    ReleaseDate = new DateOnly(2009, 6, 19),
                    Genre = "$genre",
                    DirectorName = "$$ROOT",
                    GrossUs = 5,
                    GrossWorldwide = 6,
                },
                6.5,
                10
            )
        );
        await ImportAsync(
            new MovieImportRow(
                new MovieDetails
                {
                    Title = "$9.99",
                    ReleaseDate = new DateOnly(2009, 6, 19),
                    GrossUs = 7,
                },
                null,
                0
            )
        );
        var movie = await FindAsync("$9.99");
        Assert.Equal("$genre", movie.Genre);
        Assert.Equal("$$ROOT", movie.Director!.Name);
        Assert.Equal(new MovieGross(7, 6), movie.Gross);
        Assert.Equal(2009, movie.Year);
        Assert.Equal(6.5, movie.Rating);
        Assert.Single(
            (await data.Get<MovieLists>().ListAsync(new MovieFilter(Search: "root 9"), MovieSort.All[0], null, 10, default)).Items
        );
    }

    private IMongoCollection<BsonDocument> Movies => data.Database.GetCollection<BsonDocument>(MovieEntity.Collection);

    private Task<List<BsonDocument>> ReadAsync(string prefix) => ReadAsync(Movies, prefix);

    /// <summary>Returns the stored movies with a prefix of the title, in the order of title and date.</summary>
    private static Task<List<BsonDocument>> ReadAsync(IMongoCollection<BsonDocument> movies, string prefix) =>
        movies
            .Find(new BsonDocument("title", new BsonRegularExpression($"^{prefix}")))
            .Sort(new BsonDocument { { "title", 1 }, { "releaseDate", 1 } })
            .ToListAsync();

    /// <summary>Removes the ID, the version and the times, and sorts the fields, and the words, whose order engines choose.</summary>
    private static BsonDocument WithoutRevision(BsonDocument movie)
    {
        string[] revision = ["_id", "version", "createdAt", "updatedAt"];
        Assert.All(revision, name => Assert.True(movie.Contains(name)));
        var result = new BsonDocument(movie.Where(field => !revision.Contains(field.Name)).OrderBy(field => field.Name));
        result["words"] = new BsonArray(result["words"].AsBsonArray.Order());
        return result;
    }

    private static MovieImportRow Row(string title, DateOnly? date, double rating, long votes = 1) =>
        new(new MovieDetails { Title = title, ReleaseDate = date }, rating, votes);

    private Task<MovieUpsertResult> ImportAsync(params MovieImportRow[] rows) => data.Get<MovieImporter>().UpsertBatchAsync(rows, default);

    private async Task<MovieDocument> FindAsync(string title) =>
        Assert.Single((await data.Get<MovieLists>().ListAsync(new MovieFilter(Search: title), MovieSort.All[0], null, 10, default)).Items);
}
