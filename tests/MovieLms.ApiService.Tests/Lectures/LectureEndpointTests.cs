using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Lectures;

public sealed class LectureEndpointTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Lectures_are_listed_in_their_order_across_pages()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add(await api.AddLectureAsync(owner, course, $"Lecture {i}"));
        Assert.Equal(ids, await OrderAsync(owner, course));
        string[] other = [ids[3], ids[0], ids[4], ids[2], ids[1]];
        Assert.Equal(HttpStatusCode.NoContent, (await PutOrderAsync(owner, course, other)).StatusCode);
        Assert.Equal(other, await OrderAsync(owner, course));
        Assert.Equal(HttpStatusCode.NoContent, (await owner.Client.DeleteAsync($"/api/courses/{course}/lectures/{ids[4]}")).StatusCode);
        Assert.Equal([ids[3], ids[0], ids[2], ids[1]], await OrderAsync(owner, course));
        await (await owner.Client.GetAsync($"/api/courses/{course}/lectures/{ids[4]}")).AssertProblemAsync(404);
        Assert.Equal(HttpStatusCode.NoContent, (await PutOrderAsync(owner, course, [ids[0], ids[1], ids[2], ids[3]])).StatusCode);
    }

    [Fact]
    public async Task An_order_without_every_lecture_exactly_once_is_rejected()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (first, second) = (await api.AddLectureAsync(owner, course), await api.AddLectureAsync(owner, course));
        var foreign = await api.AddLectureAsync(owner, await api.CreateCourseAsync(owner));
        await (await PutOrderAsync(owner, course, [first])).AssertProblemAsync(409);
        await (await PutOrderAsync(owner, course, [first, second, foreign])).AssertProblemAsync(409);
        await (await PutOrderAsync(owner, course, [first, first])).AssertProblemAsync(400, "ids");
        await (await PutOrderAsync(owner, course, ["x"])).AssertProblemAsync(400, "ids");
        await (await owner.Client.PutAsJsonAsync($"/api/courses/{course}/lectures/order", new { })).AssertProblemAsync(400, "ids");
        using var other = api.Instructor();
        await (
            await other.PutAsJsonAsync($"/api/courses/{course}/lectures/order", new { ids = new[] { first, second } })
        ).AssertProblemAsync(403);
    }

    [Fact]
    public async Task Concurrent_reorders_end_in_one_of_the_orders_and_lose_no_added_lecture()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
            ids.Add(await api.AddLectureAsync(owner, course));
        string[][] orders =
        [
            [.. ids],
            [.. ids.AsEnumerable().Reverse()],
            [.. ids.Skip(3), .. ids.Take(3)],
        ];
        var responses = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => PutOrderAsync(owner, course, orders[i % 3])));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.NoContent, response.StatusCode));
        var order = await OrderAsync(owner, course);
        Assert.Contains(orders, candidate => candidate.SequenceEqual(order));

        var adding = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.AddLectureAsync(owner, course)));
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async i =>
                    Assert.Contains(
                        (await PutOrderAsync(owner, course, orders[i % 3])).StatusCode,
                        new[] { HttpStatusCode.NoContent, HttpStatusCode.Conflict }
                    )
                )
        );
        var added = await adding;
        order = await OrderAsync(owner, course);
        Assert.Equal(14, order.Distinct().Count());
        Assert.Equal(14, order.Count);
        Assert.Superset(added.ToHashSet(), order.ToHashSet());
    }

    [Fact]
    public async Task A_lecture_includes_its_movie_until_the_movie_is_deleted()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var movie = (await api.AddMovieAsync(new { title = $"Vertigo {Guid.NewGuid()}" })).Id();
        var lecture = (
            await LearningFixture.PostAsync(
                owner.Client,
                $"/api/courses/{course}/lectures",
                new
                {
                    title = "The dolly zoom",
                    movieId = movie,
                    startsAt = "2027-01-10T18:00:00+02:00",
                    durationMinutes = 90,
                }
            )
        ).Id();
        var read = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{course}/lectures/{lecture}");
        Assert.Equal(movie, read.GetProperty("movie").Id());
        Assert.Equal(read.GetProperty("movie").GetRawText(), read.GetProperty("film").GetRawText());
        Assert.StartsWith("Vertigo", read.GetProperty("movie").GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2027, 1, 10, 16, 0, 0, TimeSpan.Zero), read.GetProperty("startsAt").GetDateTimeOffset());
        (await owner.Client.DeleteAsync($"/api/movies/{movie}")).EnsureSuccessStatusCode();
        read = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{course}/lectures/{lecture}");
        Assert.Equal(JsonValueKind.Null, read.GetProperty("movie").ValueKind);
        Assert.Single(await OrderAsync(owner, course));
        await (
            await owner.Client.PostAsJsonAsync($"/api/courses/{course}/lectures", new { title = "x", movieId = movie })
        ).AssertProblemAsync(400, "movieId");
        await (
            await owner.Client.PostAsJsonAsync($"/api/courses/{course}/lectures", new { title = "x", movieId = "x" })
        ).AssertProblemAsync(400, "movieId");
    }

    [Fact]
    public async Task Only_managers_can_edit_a_lecture_and_stale_edits_return_412()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var lecture = await api.AddLectureAsync(owner, course);
        using var other = api.Instructor();
        await (await other.PutAsJsonAsync($"/api/courses/{course}/lectures/{lecture}", new { title = "x" })).AssertProblemAsync(403);
        await (await other.PostAsJsonAsync($"/api/courses/{course}/lectures", new { title = "x" })).AssertProblemAsync(403);
        await (await other.DeleteAsync($"/api/courses/{course}/lectures/{lecture}")).AssertProblemAsync(403);
        await (await other.GetAsync($"/api/courses/{course}/lectures/{lecture}/attendance")).AssertProblemAsync(403);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("\"1\"")).StatusCode);
        await (await PutAsync("\"1\"")).AssertProblemAsync(412);

        Task<HttpResponseMessage> PutAsync(string ifMatch)
        {
            var request = new HttpRequestMessage(HttpMethod.Put, $"/api/courses/{course}/lectures/{lecture}")
            {
                Content = JsonContent.Create(new { title = "Edited" }),
            };
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            return owner.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Only_enrolled_students_can_attend_and_attendance_counts_once()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var lecture = await api.AddLectureAsync(owner, course);
        var (student, stranger) = (await api.CreateUserAsync(name: "Agnès"), await api.CreateUserAsync());
        await api.EnrollAsync(student, course);
        await (await stranger.Client.PostAsync($"/api/courses/{course}/lectures/{lecture}/attend", null)).AssertProblemAsync(403);
        var responses = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => LearningFixture.PostAsync(student.Client, $"/api/courses/{course}/lectures/{lecture}/attend", null))
        );
        Assert.Single(responses.Select(response => response.GetProperty("attendedAt").GetDateTimeOffset()).Distinct());
        var attended = Assert.Single(
            await LearningFixture.ReadAllAsync(owner.Client, $"/api/courses/{course}/lectures/{lecture}/attendance")
        );
        Assert.Equal(
            (student.Id.ToString(), "Agnès"),
            (attended.GetProperty("studentId").GetString(), attended.GetProperty("studentName").GetString())
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await student.Client.GetAsync($"/api/courses/{course}/lectures/{lecture}/attendance")).StatusCode
        );
        await (await student.Client.PostAsync($"/api/courses/{course}/lectures/000000000000000000000000/attend", null)).AssertProblemAsync(
            404
        );
    }

    private static Task<HttpResponseMessage> PutOrderAsync(Person owner, string course, string[] ids) =>
        owner.Client.PutAsJsonAsync($"/api/courses/{course}/lectures/order", new { ids });

    private static async Task<List<string>> OrderAsync(Person owner, string course) =>
        [.. (await LearningFixture.ReadAllAsync(owner.Client, $"/api/courses/{course}/lectures")).Select(lecture => lecture.Id())];
}
