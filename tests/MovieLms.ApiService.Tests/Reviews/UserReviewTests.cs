using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Reviews;

public sealed class UserReviewTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Reviews_of_a_user_are_public_and_listed_newest_first_with_the_titles_of_the_movies()
    {
        var (student, other) = (await api.CreateUserAsync(name: "Rita Reviewer"), await api.CreateUserAsync());
        foreach (var title in new[] { "First seen", "Second seen", "Third seen" })
            await ReviewAsync(student, title);
        await ReviewAsync(other, "Not hers");
        foreach (
            var (client, path) in new[] { (api.Anonymous, $"/api/users/{student.Id}/reviews"), (student.Client, "/api/auth/me/reviews") }
        )
        {
            var found = await LearningFixture.ReadAllAsync(client, path);
            Assert.Equal(["Third seen", "Second seen", "First seen"], found.Select(review => review.GetProperty("movieTitle").GetString()));
            Assert.All(found, review => Assert.Equal("Rita Reviewer", review.GetProperty("username").GetString()));
            Assert.DoesNotContain(student.Email, JsonSerializer.Serialize(found), StringComparison.Ordinal);
        }
        using var own = await student.Client.GetAsync("/api/auth/me/reviews");
        Assert.True(own.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Anyone_can_read_the_reviews_of_a_movie()
    {
        var (movie, review) = await ReviewAsync(await api.CreateUserAsync(), "Open to all");
        Assert.Equal(review, Assert.Single(await LearningFixture.ReadAllAsync(api.Anonymous, $"/api/movies/{movie}/reviews")).Id());
        Assert.Equal(review, (await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies/{movie}/reviews/{review}")).Id());
    }

    [Fact]
    public async Task Reviews_of_archived_users_and_of_deleted_movies_are_hidden()
    {
        var student = await api.CreateUserAsync();
        using var admin = api.Admin();
        var (movie, _) = await ReviewAsync(student, "Deleted later");
        var (_, kept) = await ReviewAsync(student, "Kept");
        (await admin.DeleteAsync($"/api/movies/{movie}")).EnsureSuccessStatusCode();
        var path = $"/api/users/{student.Id}/reviews";
        Assert.Equal(kept, Assert.Single(await LearningFixture.ReadAllAsync(api.Anonymous, path)).Id());

        (await admin.PostAsync($"/api/users/{student.Id}/archive", null)).EnsureSuccessStatusCode();
        await (await api.Anonymous.GetAsync(path)).AssertProblemAsync(404);
        (await admin.PostAsync($"/api/users/{student.Id}/restore", null)).EnsureSuccessStatusCode();
        Assert.Equal(kept, Assert.Single(await LearningFixture.ReadAllAsync(api.Anonymous, path)).Id());

        await (await api.Anonymous.GetAsync("/api/users/000000000000000000000000/reviews")).AssertProblemAsync(404);
        await (await api.Anonymous.GetAsync("/api/auth/me/reviews")).AssertProblemAsync(401);
    }

    private async Task<(string Movie, string Review)> ReviewAsync(Person author, string title)
    {
        var movie = (await api.AddMovieAsync(new { title })).Id();
        var review = await LearningFixture.PostAsync(author.Client, $"/api/movies/{movie}/reviews", new { rating = 7, comment = "Good" });
        return (movie, review.Id());
    }
}
