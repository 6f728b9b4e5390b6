using System.Diagnostics;
using System.Net.Http.Json;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Caching;

/// <summary>
/// Two hosts of the API, each with its own cache and connections, on one database and one Redis: what one has acknowledged, the
/// other does not read stale for longer than a second. The bound is a promise, so it is not widened for slow machines; a
/// measurement that one disturbed may be repeated.
/// </summary>
public sealed class TwoProcessesTests(LearningFixture api) : IClassFixture<LearningFixture>, IAsyncLifetime
{
    private const int Tries = 5;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);
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
    public async Task To_dos_written_here_are_read_there()
    {
        var student = await api.PersonAsync();
        using var there = There("student", student);
        await AssertFreshAsync(
            there,
            "/api/todos",
            (mark, _) => LearningFixture.PostAsync(student.Client, "/api/todos", new { title = mark })
        );
    }

    [Fact]
    public async Task Enrollments_written_here_are_read_there()
    {
        var (teacher, student) = (await api.PersonAsync("instructor"), await api.PersonAsync());
        using var there = There("student", student);
        await AssertFreshAsync(
            there,
            "/api/enrollments",
            async (mark, _) => await api.EnrollAsync(student, await api.CourseAsync(teacher, new { title = mark, status = "published" }))
        );
    }

    [Fact]
    public async Task A_courses_title_written_here_is_read_there_in_courses_enrolments_and_the_start_page()
    {
        var (teacher, student) = (await api.PersonAsync("instructor"), await api.PersonAsync());
        var course = await api.CourseAsync(teacher);
        await api.EnrollAsync(student, course);
        using var there = There("student", student);
        foreach (var path in new[] { "/api/courses?sort=-createdAt&limit=100", "/api/enrollments", "/api/dashboard" })
        {
            await AssertFreshAsync(
                there,
                path,
                async (mark, _) =>
                    (
                        await teacher.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = mark, status = "published" })
                    ).EnsureSuccessStatusCode()
            );
        }
    }

    [Fact]
    public async Task Films_written_here_are_read_there()
    {
        using var there = There("student", await api.PersonAsync());
        await AssertFreshAsync(
            there,
            "/api/movies?genre=Twofold&limit=100",
            (mark, _) => api.AddMovieAsync(new { title = mark, genre = "Twofold" })
        );
    }

    [Fact]
    public async Task What_a_cascade_takes_here_is_gone_there()
    {
        var (teacher, student) = (await api.PersonAsync("instructor"), await api.PersonAsync());
        using var there = There("student", student);
        var course = string.Empty;
        await AssertFreshAsync(
            there,
            "/api/enrollments",
            async (_, _) => (await teacher.Client.DeleteAsync($"/api/courses/{course}")).EnsureSuccessStatusCode(),
            async mark =>
                await api.EnrollAsync(student, course = await api.CourseAsync(teacher, new { title = mark, status = "published" })),
            isFresh: (text, mark) => !text.Contains(mark, StringComparison.Ordinal)
        );
    }

    private HttpClient There(string role, Person person)
    {
        var client = api.As(role, person.Id);
        client.BaseAddress = _other.Address;
        return client;
    }

    /// <summary>Asserts that no read that begins a second after the write's acknowledgement, or later, is stale.</summary>
    private static async Task AssertFreshAsync<T>(
        HttpClient there,
        string path,
        Func<string, int, Task<T>> write,
        Func<string, Task>? prepare = null,
        Func<string, string, bool>? isFresh = null
    )
    {
        isFresh ??= (text, mark) => text.Contains(mark, StringComparison.Ordinal);
        var measured = new List<TimeSpan>();
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var mark = $"mark-{Guid.NewGuid():N}";
            if (prepare is not null)
                await prepare(mark);
            // The other host has an answer of the time before, and would go on giving it.
            await Eventually.TrueAsync(
                async () => !isFresh(await there.GetStringAsync(path), mark),
                "the other host holds the state before"
            );
            await write(mark, attempt);
            var since = Stopwatch.StartNew();
            var stale = TimeSpan.Zero;
            await Eventually.TrueAsync(
                async () =>
                {
                    var begun = since.Elapsed;
                    if (isFresh(await there.GetStringAsync(path), mark))
                        return true;
                    stale = begun;
                    return false;
                },
                $"{path} is fresh in the other host"
            );
            measured.Add(stale);
            if (stale <= Bound)
                return;
        }
        Assert.Fail($"{path} was read stale after {string.Join(", ", measured.Select(time => $"{time.TotalMilliseconds:0} ms"))}.");
    }
}
