using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Movies;

public sealed class DeletedMovieTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Administrators_list_deleted_movies_until_they_are_restored()
    {
        var kept = (await api.AddMovieAsync(new { title = "Kept" })).Id();
        var deleted = (await api.AddMovieAsync(new { title = "Deleted" })).Id();
        using var admin = api.Admin();
        (await admin.DeleteAsync($"/api/movies/{deleted}")).EnsureSuccessStatusCode();

        var movie = Assert.Single(await LearningFixture.ReadAllAsync(admin, "/api/movies?deleted=true"));
        Assert.Equal(deleted, movie.Id());
        Assert.True(movie.GetProperty("deletedAt").TryGetDateTimeOffset(out _));
        var live = Assert.Single(await LearningFixture.ReadAllAsync(admin, "/api/movies?deleted=false"));
        Assert.Equal(kept, live.Id());
        Assert.False(live.TryGetProperty("deletedAt", out _));
        Assert.Empty(await LearningFixture.ReadAllAsync(admin, "/api/movies?deleted=true&search=kept"));

        (await admin.PostAsync($"/api/movies/{deleted}/restore", null)).EnsureSuccessStatusCode();
        Assert.Empty(await LearningFixture.ReadAllAsync(admin, "/api/movies?deleted=true"));
        Assert.Equal(2, (await LearningFixture.ReadAllAsync(api.Anonymous, "/api/movies")).Count);
    }

    [Fact]
    public async Task Other_users_cannot_list_deleted_movies()
    {
        using var instructor = api.Instructor();
        await (await instructor.GetAsync("/api/movies?deleted=true")).AssertProblemAsync(403);
        await (await api.Anonymous.GetAsync("/api/movies?deleted=true")).AssertProblemAsync(401);
    }
}
