using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Movies;

public sealed class GenreTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Genres_are_listed_by_name_with_the_number_of_movies_that_the_filter_finds()
    {
        foreach (var genre in new[] { "Western", "Drama", "Drama", "drama", "Comedy", null })
            await api.AddMovieAsync(new { title = $"{Guid.NewGuid():N}", genre });
        var deleted = await api.AddMovieAsync(new { title = "Deleted", genre = "Noir" });
        using var admin = api.Admin();
        (await admin.DeleteAsync($"/api/movies/{deleted.Id()}")).EnsureSuccessStatusCode();

        var genres = await ReadAsync();
        Assert.Equal(["comedy 1", "drama 3", "western 1"], genres.Select(genre => $"{genre.Name.ToLowerInvariant()} {genre.Movies}"));
        foreach (var (name, movies) in genres)
        {
            var page = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies?count=true&genre={Uri.EscapeDataString(name)}");
            Assert.Equal(movies, page.GetProperty("total").GetProperty("count").GetInt32());
        }

        using (var cached = await api.Anonymous.GetAsync("/api/genres"))
            Assert.Equal("HIT", cached.Headers.GetValues("X-Cache").Single());
        await api.AddMovieAsync(new { title = "New", genre = "Animation" });
        Assert.Equal(4, (await ReadAsync()).Count);
    }

    private async Task<List<(string Name, int Movies)>> ReadAsync() =>
        [
            .. (await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/genres"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(genre => (genre.GetProperty("name").GetString()!, genre.GetProperty("movies").GetInt32())),
        ];
}
