using System.Diagnostics;
using System.Net.Http.Json;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Caching;

/// <summary>
/// Two hosts of the API, each with its own cache and connections, on one database and one Redis. A write that one host has acknowledged
/// is visible in the other within a second. The bound is a promise, so it is not widened for slow machines, but a disturbed measurement
/// may be repeated.
/// </summary>
public sealed class CacheStalenessTests(LearningFixture api) : IClassFixture<LearningFixture>, IAsyncLifetime
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(1);
    private ServiceHost _other = null!;

    public async ValueTask InitializeAsync() =>
        _other = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = api.Host.Name,
                Settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "100000" },
            }
        );

    public ValueTask DisposeAsync() => _other.DisposeAsync();

    [Fact]
    public async Task To_dos_written_in_one_host_are_visible_in_the_other()
    {
        var student = await api.CreateUserAsync();
        using var otherClient = CreateOtherClient("student", student);
        await AssertFreshAsync(
            otherClient,
            "/api/todos",
            (mark, _) => LearningFixture.PostAsync(student.Client, "/api/todos", new { title = mark })
        );
    }

    [Fact]
    public async Task Enrollments_written_in_one_host_are_visible_in_the_other()
    {
        var (teacher, student) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync());
        using var otherClient = CreateOtherClient("student", student);
        await AssertFreshAsync(
            otherClient,
            "/api/enrollments",
            async (mark, _) =>
                await api.EnrollAsync(student, await api.CreateCourseAsync(teacher, new { title = mark, status = "published" }))
        );
    }

    [Fact]
    public async Task A_course_title_written_in_one_host_is_visible_in_lists_and_start_page_of_the_other()
    {
        var (teacher, student) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync());
        var course = await api.CreateCourseAsync(teacher);
        await api.EnrollAsync(student, course);
        using var otherClient = CreateOtherClient("student", student);
        foreach (var path in new[] { "/api/courses?sort=-createdAt&limit=100", "/api/enrollments", "/api/dashboard" })
        {
            await AssertFreshAsync(
                otherClient,
                path,
                async (mark, _) =>
                    (
                        await teacher.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = mark, status = "published" })
                    ).EnsureSuccessStatusCode()
            );
        }
    }

    [Fact]
    public async Task Movies_written_in_one_host_are_visible_in_the_other()
    {
        using var otherClient = CreateOtherClient("student", await api.CreateUserAsync());
        await AssertFreshAsync(
            otherClient,
            "/api/movies?genre=Twofold&limit=100",
            (mark, _) => api.AddMovieAsync(new { title = mark, genre = "Twofold" })
        );
    }

    [Fact]
    public async Task A_movie_replaced_or_reviewed_in_one_host_is_fresh_in_the_other()
    {
        var (instructor, student) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync());
        using var otherClient = CreateOtherClient("student", student);
        var path = $"/api/movies/{(await api.AddMovieAsync(new { title = "First cut" })).Id()}";
        await AssertFreshAsync(
            otherClient,
            path,
            async (mark, _) => (await instructor.Client.PutAsJsonAsync(path, new { title = mark })).EnsureSuccessStatusCode()
        );
        await AssertFreshAsync(
            otherClient,
            path,
            async (_, attempt) => await LearningFixture.PostAsync(student.Client, $"{path}/reviews", new { rating = 7.5 - attempt }),
            isFresh: (text, _) => text.Contains("\"rating\":7.5", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Enrollments_deleted_by_a_cascade_in_one_host_disappear_in_the_other()
    {
        var (teacher, student) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync());
        using var otherClient = CreateOtherClient("student", student);
        var course = string.Empty;
        await AssertFreshAsync(
            otherClient,
            "/api/enrollments",
            async (_, _) => (await teacher.Client.DeleteAsync($"/api/courses/{course}")).EnsureSuccessStatusCode(),
            async mark =>
                await api.EnrollAsync(student, course = await api.CreateCourseAsync(teacher, new { title = mark, status = "published" })),
            isFresh: (text, mark) => !text.Contains(mark, StringComparison.Ordinal)
        );
    }

    private HttpClient CreateOtherClient(string role, Person person)
    {
        var client = api.As(role, person.Id);
        client.BaseAddress = _other.Address;
        return client;
    }

    /// <summary>Asserts that no read is stale that starts a second or more after the write was acknowledged.</summary>
    private static async Task AssertFreshAsync<T>(
        HttpClient otherClient,
        string path,
        Func<string, int, Task<T>> write,
        Func<string, Task>? prepare = null,
        Func<string, string, bool>? isFresh = null
    )
    {
        isFresh ??= (text, mark) => text.Contains(mark, StringComparison.Ordinal);
        var measured = new List<TimeSpan>();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var mark = $"mark-{Guid.NewGuid():N}";
            if (prepare is not null)
                await prepare(mark);
            // The other host caches the old state and would keep returning it.
            await Eventually.WaitUntilAsync(
                async () => !isFresh(await otherClient.GetStringAsync(path), mark),
                "the other host caches the old state"
            );
            await write(mark, attempt);
            var stopwatch = Stopwatch.StartNew();
            var stale = TimeSpan.Zero;
            await Eventually.WaitUntilAsync(
                async () =>
                {
                    var startedAt = stopwatch.Elapsed;
                    if (isFresh(await otherClient.GetStringAsync(path), mark))
                        return true;
                    stale = startedAt;
                    return false;
                },
                $"{path} is fresh in the other host"
            );
            measured.Add(stale);
            if (stale <= MaxStaleness)
                return;
        }
        Assert.Fail($"{path} was read stale after {string.Join(", ", measured.Select(time => $"{time.TotalMilliseconds:0} ms"))}.");
    }
}
