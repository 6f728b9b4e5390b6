using MongoDB.Bson;
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

    private static MovieImportRow Row(string title, DateOnly? date, double rating, long votes = 1) =>
        new(new MovieDetails { Title = title, ReleaseDate = date }, rating, votes);

    private Task<MovieUpsertResult> ImportAsync(params MovieImportRow[] rows) => data.Get<MovieImporter>().UpsertBatchAsync(rows, default);

    private async Task<MovieDocument> FindAsync(string title) =>
        Assert.Single((await data.Get<MovieLists>().ListAsync(new MovieFilter(Search: title), MovieSort.All[0], null, 10, default)).Items);
}
