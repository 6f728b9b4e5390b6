using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Movies;

namespace MovieLms.ApiService.Tests.Exports;

public sealed class ExportTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    [Fact]
    public async Task A_csv_file_has_a_column_per_member_and_neutralizes_formulas()
    {
        var genre = $"G{Guid.NewGuid():N}";
        var movie = await api.AddMovieAsync(
            new
            {
                title = "=HYPERLINK(\"http://example.test\")",
                genre,
                releaseDate = "1999-12-31",
                rating = 7.25,
                ratingCount = 4,
                director = new { name = "Jane, \"J\" Doe" },
            }
        );
        using var response = await GetAsync($"/api/movies?genre={genre}", Csv);
        Assert.Equal("utf-8", response.Content.Headers.ContentType?.CharSet);
        Assert.Equal("movies.csv", response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Contains("Accept", response.Headers.Vary);
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal(
            "id,title,genre,year,rating,ratingCount,director.name,director.nationality,runtimeMinutes,distributor,mpaaRating,gross.us,"
                + "gross.worldwide,budget,releaseDate,hasPoster,version,createdAt,updatedAt,deletedAt",
            lines[0]
        );
        Assert.Equal(
            $"{movie.Id()},\"'=HYPERLINK(\"\"http://example.test\"\")\",{genre},1999,7.25,4,\"Jane, \"\"J\"\" Doe\",,,,,,,,1999-12-31,false,1,"
                + $"{movie.GetProperty("createdAt").GetString()},{movie.GetProperty("updatedAt").GetString()},",
            lines[1]
        );
        Assert.Equal(("", 3), (lines[2], lines.Length));
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8")]
    [InlineData("application/json")]
    [InlineData("text/csv;q=0.5, application/json")]
    [InlineData("text/csv;q=0, */*")]
    public async Task Other_clients_get_a_page_as_json(string accept)
    {
        using var response = await GetAsync("/api/movies", accept);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept", response.Headers.Vary);
    }

    [Theory]
    [InlineData("/api/movies?limit=5", "limit")]
    [InlineData("/api/movies?cursor=abc", "cursor")]
    [InlineData("/api/movies?count=true", "count")]
    [InlineData("/api/movies?sort=budget", "sort")]
    [InlineData("/api/movies?minRating=11", "minRating")]
    public async Task Invalid_parameters_return_400_with_their_names(string path, string field) =>
        await (await GetAsync(path, Csv)).AssertProblemAsync(400, field);

    [Fact]
    public async Task A_missing_resource_is_a_problem()
    {
        await (await GetAsync("/api/movies/000000000000000000000000/reviews", Csv)).AssertProblemAsync(404);
        await (await GetAsync("/api/users", Ndjson)).AssertProblemAsync(401);
    }

    [Fact]
    public async Task An_export_of_50000_movies_has_the_filters_and_the_order_of_the_list()
    {
        const int Count = 50_000;
        var genre = $"G{Guid.NewGuid():N}";
        var importer = api.Host.App.Services.GetRequiredService<MovieImporter>();
        var rows = Enumerable
            .Range(0, Count)
            .Select(i => new MovieImportRow(
                new MovieDetails
                {
                    Title = $"{genre} {i * 7919 % Count:D5}",
                    Genre = genre,
                    ReleaseDate = new DateOnly(2000, 1, 1),
                },
                i % 100 / 10.0,
                i % 1000
            ));
        foreach (var batch in rows.Chunk(1_000))
            await importer.UpsertBatchAsync(batch, default);
        await api.AddMovieAsync(new { title = $"{genre} of another genre" });

        var query = $"genre={genre}&sort=-votes&minRating=5";
        using var response = await GetAsync($"/api/movies?{query}", Ndjson, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var (ids, votes) = (new List<string>(), long.MaxValue);
        while (await reader.ReadLineAsync() is { } line)
        {
            using var movie = JsonDocument.Parse(line);
            ids.Add(movie.RootElement.Id());
            var next = movie.RootElement.GetProperty("ratingCount").GetInt64();
            Assert.InRange(next, 0, votes);
            votes = next;
        }
        Assert.Equal((Count / 2, Count / 2), (ids.Count, ids.Distinct().Count()));

        var page = await api.Anonymous.GetFromJsonAsync<JsonElement>($"/api/movies?{query}&limit=100&count=true");
        Assert.Equal(ids.Take(100), page.GetProperty("items").EnumerateArray().Select(movie => movie.Id()));
        Assert.Equal("""{"count":10000,"isExact":false}""", page.GetProperty("total").GetRawText());
        using var csv = await GetAsync($"/api/movies?{query}", Csv);
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ids, lines.Skip(1).Select(line => line.Split(',')[0]));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/movies?{query}");
        request.Headers.Accept.ParseAdd(Csv);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var compressed = await api.Anonymous.SendAsync(request);
        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        using var plain = new StreamReader(new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        Assert.Equal(lines, (await plain.ReadToEndAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Exports_of_a_caller_and_of_all_callers_are_limited()
    {
        var gate = api.Host.App.Services.GetRequiredService<ExportGate>();
        var release = new TaskCompletionSource();
        var person = await api.CreateUserAsync();
        var running = new List<Task<int>>();
        for (var i = 0; i < ExportGate.MaxPerCaller; i++)
            running.Add(gate.RunAsync(person.Id.ToString(), "", WaitAsync, default));
        using (var refused = await GetAsync("/api/todos", Csv, client: person.Client))
        {
            await refused.AssertProblemAsync(503);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        using (var other = await GetAsync("/api/todos", Csv, client: api.Student()))
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        for (var i = running.Count; i < ExportGate.MaxConcurrent + ExportGate.MaxWaiting; i++)
            running.Add(gate.RunAsync($"caller {i}", "", WaitAsync, default));
        using (var refused = await GetAsync("/api/todos", Csv, client: api.Student()))
            await refused.AssertProblemAsync(503);
        using (var page = await person.Client.GetAsync("/api/todos"))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        release.SetResult();
        await Task.WhenAll(running);
        using var served = await GetAsync("/api/todos", Csv, client: person.Client);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);

        async Task<int> WaitAsync()
        {
            await release.Task;
            return 0;
        }
    }

    [Fact]
    public async Task Anonymous_callers_leave_slots_to_signed_in_users()
    {
        var gate = api.Host.App.Services.GetRequiredService<ExportGate>();
        var release = new TaskCompletionSource<int>();
        var running = Enumerable
            .Range(0, ExportGate.MaxAnonymous)
            .Select(i => gate.RunAsync(null, $"192.0.2.{i}", () => release.Task, default))
            .ToList();
        using (var refused = await GetAsync("/api/movies", Csv, client: api.Anonymous))
            await refused.AssertProblemAsync(503);
        using (var served = await GetAsync("/api/movies", Csv, client: api.Student()))
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        release.SetResult(0);
        await Task.WhenAll(running);
        using var now = await GetAsync("/api/movies", Csv, client: api.Anonymous);
        Assert.Equal(HttpStatusCode.OK, now.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(
        string path,
        string accept,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead,
        HttpClient? client = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        Assert.True(request.Headers.TryAddWithoutValidation("Accept", accept));
        return await (client ?? api.Anonymous).SendAsync(request, completion);
    }
}
