using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MovieLms.ApiService.Movies;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http.Strict;

/// <summary>Unknown JSON members are rejected, except those of the resource's own response.</summary>
public sealed class UnknownMemberTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Theory]
    [InlineData("""{"title":"a","prioritty":"high"}""", "prioritty", "Did you mean \"priority\"?")]
    [InlineData("""{"title":"a","tilte":"b"}""", "tilte", "Did you mean \"title\"?")]
    [InlineData("""{"title":"a","isAdmin":true}""", "isAdmin", "It can be title, description, dueDate, priority, done.")]
    [InlineData("""{"title":"a","":1}""", "(empty)", "It can be title")]
    public async Task An_unknown_member_returns_400_with_a_suggestion(string body, string name, string message)
    {
        using var student = api.Student();
        using var response = await student.PostAsync("/api/todos", Json(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("errors").GetProperty(name)[0].GetString();
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(0, (await student.GetFromJsonAsync<JsonElement>("/api/todos")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Unknown_members_are_reported_with_their_paths_and_with_the_validation_errors()
    {
        using var instructor = api.Instructor();
        using var response = await instructor.PostAsync(
            "/api/movies",
            Json("""{"year":1,"gendre":"Drama","director":{"naem":"Varda","nationality":" "},"gross":{"uss":1,"us":-1}}""")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.JsonAsync()).GetProperty("errors");
        Assert.Equal(
            ["director.naem", "director.nationality", "gendre", "gross.us", "gross.uss", "title", "year"],
            errors.EnumerateObject().Select(error => error.Name).Order()
        );
        Assert.Equal(
            "\"naem\" is not a member of this request. Did you mean \"name\"?",
            errors.GetProperty("director.naem")[0].GetString()
        );
        Assert.Equal("The title field is required.", errors.GetProperty("title")[0].GetString());
    }

    [Theory]
    [InlineData("POST", "/api/auth/login", """{"email":"a@b.test","password":"x","pasword":"x"}""", "pasword")]
    [InlineData("POST", "/api/auth/register", """{"usrname":"x"}""", "usrname")]
    [InlineData("POST", "/api/auth/logout", """{"refresh":"x"}""", "refresh")]
    [InlineData("PUT", "/api/auth/me", """{"username":"x","mailPreferences":{"digest":false}}""", "mailPreferences.digest")]
    [InlineData("POST", "/api/enrollments", """{"courseID":"x","course":"x"}""", "course")]
    [InlineData("PATCH", "/api/orders/0123456789abcdef01234567", """{"status":"paid","stats":"paid"}""", "stats")]
    [InlineData("POST", "/api/analytics/pipeline", """{"collection":"movies","pipeline":[],"limit":5}""", "limit")]
    public async Task Requests_of_all_kinds_are_strict(string method, string path, string body, string name)
    {
        using var admin = api.Admin();
        using var response = await admin.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = Json(body) });
        await response.AssertProblemAsync(400, name);
    }

    [Fact]
    public async Task A_submission_as_json_is_strict()
    {
        var world = new AuthorizationWorld(api);
        var path = await world.FillAsync("/api/assignments/{assignment}/submissions");
        var learner = await world.CallerAsync("learner");
        await world.FillAsync("{enrollment}");
        using var response = await learner.PostAsync(path, Json("""{"text":"Done","txet":"x"}"""));
        await response.AssertProblemAsync(400, "txet");
    }

    [Fact]
    public async Task Members_of_the_response_are_ignored()
    {
        using var student = api.Student();
        using var created = await student.PostAsync(
            "/api/todos",
            Json("""{"title":"a","id":"000000000000000000000000","version":7,"createdAt":"2020-01-01T00:00:00Z"}""")
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(1, (await created.JsonAsync()).GetProperty("version").GetInt64());
    }

    /// <summary>Every endpoint that replaces or changes a resource accepts the resource as it was read.</summary>
    [Fact]
    public async Task Every_resource_can_be_sent_back_unchanged()
    {
        var (faults, count) = (new List<string>(), 0);
        foreach (var row in AuthorizationTable.Rows.Where(row => row is { Method: "PUT" or "PATCH", Body: ['{', ..] }))
        {
            var column = Array.FindIndex(row.Expected, status => status is >= 200 and < 300);
            // A status of an order is a transition, which cannot be repeated.
            if (column < 0 || FindSource(row.Path) is not { } source || row.Path.StartsWith("/api/orders/", StringComparison.Ordinal))
                continue;
            count++;
            var world = new AuthorizationWorld(api);
            var caller = await world.CallerAsync(AuthorizationTable.Callers[column]);
            var path = await world.FillAsync(row.Path);
            using var changed = await SendAsync(caller, row.Method, path, await world.FillAsync(row.Body!));
            var resource = await caller.GetStringAsync(await world.FillAsync(source));
            using var response = await SendAsync(caller, row.Method, path, resource);
            var text = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
                faults.Add($"{row.Method} {row.Path} {resource}: {text}");
        }
        Assert.Empty(faults);
        Assert.True(count >= 9, $"only {count} resources");
    }

    [Fact]
    public async Task Sending_a_resource_back_keeps_all_its_members()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var movie = await api.AddMovieAsync(
            new
            {
                title = $"Cleo {Guid.NewGuid():N}",
                genre = "Drama",
                year = 1962,
                director = new { name = "Agnes Varda", nationality = "French" },
                gross = new { us = 1, worldwide = 2 },
                rating = 7.9,
                ratingCount = 100,
            }
        );
        var lecture = await LearningFixture.PostAsync(
            owner.Client,
            $"/api/courses/{course}/lectures",
            new
            {
                title = "Real time",
                movieId = movie.Id(),
                durationMinutes = 90,
            }
        );
        foreach (
            var (path, before) in new[]
            {
                ($"/api/movies/{movie.Id()}", movie),
                ($"/api/courses/{course}/lectures/{lecture.Id()}", lecture),
            }
        )
        {
            using var response = await SendAsync(owner.Client, "PUT", path, before.GetRawText());
            Assert.Equal(Comparable(before), Comparable(await response.JsonAsync()));
        }
    }

    /// <summary>Returns the path where the resource is read: the same path, or its parent for a part such as <c>/role</c>.</summary>
    private static string? FindSource(string path)
    {
        var parent = path[..path.LastIndexOf('/')];
        return AuthorizationTable.Rows.Where(row => row.Method == "GET").Select(row => row.Path).FirstOrDefault(source => source == path)
            ?? AuthorizationTable
                .Rows.Where(row => row.Method == "GET" && parent.EndsWith('}'))
                .Select(row => row.Path)
                .FirstOrDefault(source => source == parent);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string body) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = Json(body) });

    private static Dictionary<string, string> Comparable(JsonElement resource) =>
        resource
            .EnumerateObject()
            .Where(member => member.Name is not ("updatedAt" or "version"))
            .ToDictionary(member => member.Name, member => member.Value.GetRawText());

    [Fact]
    public void Reading_a_valid_body_allocates_no_more_than_the_body()
    {
        var strict = api.Host.App.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = """{"title":"a","director":{"name":"Varda","nationality":"French"},"gross":{"us":1,"worldwide":2}}"""u8.ToArray();
        var lenient = new JsonSerializerOptions(strict)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ApiJsonContext.Default, new DefaultJsonTypeInfoResolver()),
        };
        Assert.Equal(Allocated(lenient), Allocated(strict));

        long Allocated(JsonSerializerOptions options)
        {
            for (var i = 0; i < 100; i++)
                JsonSerializer.Deserialize<MovieRequest>(body, options);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                JsonSerializer.Deserialize<MovieRequest>(body, options);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static StringContent Json(string body) => new(body, null, "application/json");
}
