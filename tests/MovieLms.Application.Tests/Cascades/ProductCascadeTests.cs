using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Application.Cascades;
using MovieLms.Data.Cascades;
using MovieLms.Data.Favorites;
using MovieLms.Data.Identity;
using MovieLms.Data.Movies;
using MovieLms.Data.Relations;
using MovieLms.Data.Reviews;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Application.Tests.Cascades;

/// <summary>Cascades of movies and users, including the effects on ratings and tokens.</summary>
public sealed class ProductCascadeTests : IAsyncLifetime
{
    private static readonly ObjectId Admin = ObjectId.GenerateNewId();
    private readonly DataFixture _data = new()
    {
        Configure = services => services.AddSingleton(new CascadeOptions { ChunkSize = 3, SettleAfter = TimeSpan.Zero }),
    };

    private CascadeOperations Cascades => _data.Get<CascadeOperations>();

    public ValueTask InitializeAsync() => _data.InitializeAsync();

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task A_movies_reviews_and_favorites_are_deleted_and_restored_with_it_and_its_rating_is_unchanged()
    {
        var (movie, other) = (await AddMovieAsync("One"), await AddMovieAsync("Two"));
        var reviewers = await AddReviewsAsync(movie, 10);
        await AddReviewsAsync(other, 4);
        foreach (var user in reviewers)
            await _data.Get<FavoriteStore>().AddAsync(user, movie, default);
        var deleted = (await _data.Get<ReviewStore>().CreateAsync(movie, Admin, 1, null, default)).Value!;
        await _data.Get<ReviewStore>().DeleteAsync(movie, deleted.Id, Admin, null, default);
        var before = await CascadeFixture.SnapshotAsync(_data.Database);

        Assert.Equal(WriteStatus.Done, await Cascades.DeleteAsync("movie", movie, Admin, null, default));
        Assert.Null(await _data.Get<MovieStore>().GetAsync(movie, default));
        Assert.Empty((await _data.Get<ReviewLists>().ListAsync(movie, null, 100, default)).Items);
        Assert.Empty((await _data.Get<FavoriteStore>().ListAsync(reviewers[0], null, 100, default)).Items);
        Assert.Equal(
            WriteStatus.NotFound,
            (await _data.Get<ReviewStore>().CreateAsync(movie, ObjectId.GenerateNewId(), 1, null, default)).Status
        );
        await FinishAsync();

        Assert.Equal(WriteStatus.Done, await Cascades.RestoreAsync("movie", movie, Admin, default));
        await FinishAsync();
        Assert.Equal(before, await CascadeFixture.SnapshotAsync(_data.Database));
        Assert.Equal(0, await _data.Get<ReviewRepair>().RunAsync(TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Overlapping_deletions_and_archivings_leave_the_rating_exact()
    {
        var movie = await AddMovieAsync("Overlap");
        var users = await AddReviewsAsync(movie, 6);
        await Cascades.ArchiveAsync("user", users[0], Admin, null, default);
        await Cascades.DeleteAsync("movie", movie, Admin, null, default);
        await Cascades.ArchiveAsync("user", users[1], Admin, null, default);
        await Cascades.RestoreAsync("user", users[0], Admin, default);
        await Cascades.RestoreAsync("movie", movie, Admin, default);
        await FinishAsync();
        Assert.Equal(5, (await _data.Get<MovieStore>().GetAsync(movie, default))!.RatingCount);
        Assert.Equal(5, (await _data.Get<ReviewLists>().ListAsync(movie, null, 100, default)).Items.Count);
        Assert.Equal(0, await _data.Get<ReviewRepair>().RunAsync(TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Reviews_written_while_reviewers_are_archived_are_counted_exactly()
    {
        var movie = await AddMovieAsync("Busy");
        var users = await AddReviewsAsync(movie, 12);
        await Task.WhenAll(
            Task.WhenAll(users.Take(6).Select(user => Cascades.ArchiveAsync("user", user, Admin, null, default))),
            AddReviewsAsync(movie, 12)
        );
        await FinishAsync();
        Assert.Equal(18, (await _data.Get<MovieStore>().GetAsync(movie, default))!.RatingCount);
        Assert.Equal(0, await _data.Get<ReviewRepair>().RunAsync(TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Archiving_a_user_revokes_the_tokens_and_the_final_pass_revokes_none_issued_after_a_restore()
    {
        var user = (await AddUserAsync("Tess")).Id;
        await Cascades.ArchiveAsync("user", user, Admin, null, default);
        var archived = (await _data.Get<UserStore>().FindAsync(user, default))!;
        Assert.True(archived.TokenGeneration > 0);
        Assert.Contains(
            await _data.Get<RevocationStore>().ReadAsync(DateTimeOffset.UnixEpoch, default),
            entry => entry.Subject == RevocationStore.UserSubject(user) && entry.Generation == archived.TokenGeneration
        );
        await Cascades.RestoreAsync("user", user, Admin, default);
        await FinishAsync();
        Assert.Equal(archived.TokenGeneration, (await _data.Get<UserStore>().FindAsync(user, default))!.TokenGeneration);
    }

    [Fact]
    public void Each_entity_cascades_to_its_dependents()
    {
        var model = _data.Get<EntityModel>();
        Assert.Superset(Names("review", "favorite"), Below("movie"));
        Assert.Superset(Names("review", "favorite", "todo", "enrollment", "attendance"), Below("user"));
        Assert.Superset(Names("lecture", "attendance", "enrollment", "announcement"), Below("course"));
        Assert.DoesNotContain("course", Below("user"));
        Assert.DoesNotContain("lecture", Below("movie"));

        HashSet<string> Below(string entity) => [.. model.Levels(model[entity]).Select(level => level.Name)];

        static HashSet<string> Names(params string[] names) => [.. names];
    }

    private async Task FinishAsync()
    {
        while (await Cascades.FinishNextAsync(default)) { }
    }

    private async Task<ObjectId> AddMovieAsync(string title) =>
        (await _data.Get<MovieStore>().CreateAsync(new MovieDetails { Title = title }, null, 0, default)).Value!.Id;

    private async Task<UserDocument> AddUserAsync(string name) =>
        (
            await _data
                .Get<UserStore>()
                .AddAsync(
                    new UserDocument
                    {
                        Username = name,
                        Email = $"{name}@example.test",
                        EmailNormalized = $"{name}@example.test",
                        Role = "student",
                    },
                    default
                )
        )!;

    private async Task<ObjectId[]> AddReviewsAsync(ObjectId movie, int count)
    {
        var users = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => AddUserAsync(Guid.NewGuid().ToString("N"))));
        await Task.WhenAll(users.Select((user, i) => _data.Get<ReviewStore>().CreateAsync(movie, user.Id, i % 11, null, default)));
        return [.. users.Select(user => user.Id)];
    }
}
