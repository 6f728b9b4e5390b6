using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Analytics;
using MovieLms.Data.Favorites;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Reviews;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

/// <summary>
/// Each query of movies, reviews and favorites uses the index declared for it, also for its sort order, and examines about as many
/// documents as it returns.
/// </summary>
public sealed class IndexUseTests(IndexUseTests.SeededData seeded) : IClassFixture<IndexUseTests.SeededData>
{
    private static readonly ObjectId User = ObjectId.GenerateNewId();

    public sealed class SeededData : IAsyncLifetime
    {
        public DataFixture Data { get; } = new();

        public List<ObjectId> Movies { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            await Data.InitializeAsync();
            var rows = Enumerable
                .Range(0, 600)
                .Select(i => new MovieImportRow(
                    new MovieDetails
                    {
                        Title = $"Movie{i % 50} Number{i}",
                        Genre = $"Genre {i % 12}",
                        ReleaseDate = new DateOnly(1920 + (i % 90), 1, 1),
                        DirectorName = $"Director{i % 60} Surname",
                    },
                    i % 7 == 0 ? null : i % 100 / 10.0,
                    i
                ));
            await Data.Get<MovieImporter>().UpsertBatchAsync([.. rows], default);
            Movies =
            [
                .. (await Data.Get<MovieLists>().ListAsync(new MovieFilter(), MovieSort.All[0], null, 100, default)).Items.Select(movie =>
                    movie.Id
                ),
            ];
            foreach (var movie in Movies)
            {
                await Data.Get<FavoriteStore>().AddAsync(movie == Movies[0] ? User : ObjectId.GenerateNewId(), movie, default);
                await Data.Get<ReviewStore>().CreateAsync(Movies[Movies.IndexOf(movie) % 3], ObjectId.GenerateNewId(), 5, null, default);
            }
        }

        public ValueTask DisposeAsync() => Data.DisposeAsync();
    }

    public static TheoryData<string, string, int> Queries() =>
        new()
        {
            { "movie by ID", "_id_", 1 },
            { "movie exists", "_id_", 1 },
            { "movie by title and date", "title_releaseDate_unique", 1 },
            { "stored movies of an import", "title_releaseDate_unique", 2 },
            { "list title", "titleKey_id", 30 },
            { "list -title", "titleKey_id", 30 },
            { "list rating", "ratingKey_id", 30 },
            { "list -rating", "ratingKey_id", 30 },
            { "list year", "yearKey_id", 30 },
            { "list -year", "yearKey_id", 30 },
            { "list votes", "ratingCount_id", 30 },
            { "list -votes", "ratingCount_id", 30 },
            { "list added", "createdAt_id", 30 },
            { "list -added", "createdAt_id", 30 },
            { "list -rating, next page", "ratingKey_id", 60 },
            { "deleted movies", "deletedAt_id_marked", 5 },
            { "list of a genre by rating", "genreKey_ratingKey_id", 60 },
            { "search", "words", 15 },
            { "search of two words", "words", 15 },
            { "director", "directorWords", 15 },
            { "reviews of a movie", "movieId_createdAt_id", 60 },
            { "review by ID", "_id_", 1 },
            { "favorites of a user", "userId_createdAt_id", 5 },
            { "top rated", "rating_ratingCount_title_id", 30 },
            { "reviews of a user", "userId_createdAt_id", 5 },
            { "review of a user of a movie", "movieId_userId_unique", 1 },
            { "favorite of a user", "userId_movieId_unique", 1 },
            { "ratings of a movie", "movieId_userId_unique", 60 },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Query_uses_its_index(string query, string index, int maxDocs) =>
        QueryPlans.AssertServedAsync(
            seeded.Data,
            () => RunAsync(query),
            index,
            maxDocs,
            query.StartsWith("list", StringComparison.Ordinal) || query == "top rated"
        );

    private Task RunAsync(string query)
    {
        var movies = seeded.Data.Get<MovieStore>();
        var lists = seeded.Data.Get<MovieLists>();
        return query switch
        {
            "movie by ID" => movies.GetAsync(seeded.Movies[0], default),
            "movie exists" => movies.ExistsAsync(seeded.Movies[0], default),
            "movie by title and date" => seeded
                .Data.Database.GetCollection<BsonDocument>("movies")
                .Find(new BsonDocument { { "title", "Movie1 Number1" }, { "releaseDate", MovieUpdates.Date(new DateOnly(1921, 1, 1)) } })
                .ToListAsync(),
            "stored movies of an import" => seeded
                .Data.Get<MovieImporter>()
                .UpsertBatchAsync([ImportRow("Movie1 Number1", 1921), ImportRow("Movie2 Number2", 1922)], default),
            "list -rating, next page" => lists.ListAsync(
                new MovieFilter(),
                Sort("-rating"),
                new PageCursor("-rating", 5.0, ObjectId.GenerateNewId()),
                20,
                default
            ),
            "deleted movies" => lists.ListAsync(new MovieFilter(Deleted: true), Sort("title"), null, 20, default),
            "list of a genre by rating" => lists.ListAsync(new MovieFilter(Genre: "genre 3"), Sort("-rating"), null, 20, default),
            "search" => lists.ListAsync(new MovieFilter(Search: "movie17"), Sort("title"), null, 20, default),
            "search of two words" => lists.ListAsync(new MovieFilter(Search: "number31 movie"), Sort("title"), null, 20, default),
            "director" => lists.ListAsync(new MovieFilter(Director: "director17"), Sort("title"), null, 20, default),
            "reviews of a movie" => seeded.Data.Get<ReviewLists>().ListAsync(seeded.Movies[0], null, 20, default),
            "review by ID" => seeded.Data.Get<ReviewLists>().GetAsync(seeded.Movies[0], ObjectId.GenerateNewId(), default),
            "favorites of a user" => seeded.Data.Get<FavoriteStore>().ListAsync(User, null, 20, default),
            "top rated" => seeded.Data.Get<AnalyticsStore>().TopRatedAsync(0, 10, 0, default),
            "reviews of a user" => seeded.Data.Get<ReviewLists>().ListOfUserAsync(User, null, 20, default),
            "review of a user of a movie" => seeded.Data.Get<ReviewLists>().FindOfUserAsync(seeded.Movies[0], User, default),
            "favorite of a user" => seeded.Data.Get<FavoriteStore>().ContainsAsync(User, seeded.Movies[0], default),
            "ratings of a movie" => seeded.Data.Get<RatingCounts>().CountAsync(seeded.Movies[0], default),
            _ => lists.ListAsync(new MovieFilter(), Sort(query["list ".Length..]), null, 20, default),
        };
    }

    private static MovieImportRow ImportRow(string title, int year) =>
        new(new MovieDetails { Title = title, ReleaseDate = new DateOnly(year, 1, 1) }, null, 0);

    private static MovieSort Sort(string name) => MovieSort.TryParse(name, out var sort) ? sort : throw new ArgumentException(name);
}
