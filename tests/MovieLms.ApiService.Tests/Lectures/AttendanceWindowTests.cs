using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Lectures;

public sealed class AttendanceWindowTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    [Theory]
    [InlineData(30, 90, 409, "The lecture has not started")]
    [InlineData(-10, 90, 200, null)]
    [InlineData(-90 - (23 * 60), 90, 200, null)]
    [InlineData(-90 - (25 * 60), 90, 409, "The lecture has ended")]
    [InlineData(-24 * 60, null, 200, null)]
    [InlineData(-26 * 60, null, 409, "The lecture has ended")]
    public async Task A_lecture_can_be_attended_from_its_start_until_a_day_after_its_end(
        int startsInMinutes,
        int? durationMinutes,
        int status,
        string? title
    )
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var startsAt = Now.AddMinutes(startsInMinutes);
        var lecture = await LearningFixture.PostAsync(
            owner.Client,
            $"/api/courses/{course}/lectures",
            new
            {
                title = "Montage",
                startsAt,
                durationMinutes,
            }
        );
        var until = startsAt.AddMinutes(durationMinutes ?? 60).AddHours(24);
        Assert.Equal(startsAt, lecture.GetProperty("attendableFrom").GetDateTimeOffset());
        Assert.Equal(until, lecture.GetProperty("attendableUntil").GetDateTimeOffset());

        using var response = await student.Client.PostAsync($"/api/courses/{course}/lectures/{lecture.Id()}/attend", null);
        if (status == 200)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await response.AssertProblemAsync(409);
        var problem = await response.JsonAsync();
        Assert.Equal(title, problem.GetProperty("title").GetString());
        Assert.Equal(startsAt, problem.GetProperty("attendableFrom").GetDateTimeOffset());
        Assert.Equal(until, problem.GetProperty("attendableUntil").GetDateTimeOffset());
        Assert.Contains($"{startsAt.UtcDateTime:u}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await LearningFixture.ReadAllAsync(owner.Client, $"/api/courses/{course}/lectures/{lecture.Id()}/attendance"));
    }

    [Fact]
    public async Task A_repeated_attendance_succeeds_after_the_window()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var lecture = await api.AddLectureAsync(owner, course);
        var path = $"/api/courses/{course}/lectures/{lecture}";
        var first = await LearningFixture.PostAsync(student.Client, $"{path}/attend", null);
        using var moved = await owner.Client.PutAsJsonAsync(path, new { title = "Montage", startsAt = Now.AddDays(-9) });
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        var repeated = await LearningFixture.PostAsync(student.Client, $"{path}/attend", null);
        Assert.Equal(first.GetProperty("attendedAt").GetString(), repeated.GetProperty("attendedAt").GetString());
    }

    [Fact]
    public async Task The_latest_possible_start_is_accepted()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var body = new { title = "The end", startsAt = "9999-12-31T23:59:59Z" };
        var lecture = await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/lectures", body);
        Assert.Equal(9999, lecture.GetProperty("attendableUntil").GetDateTimeOffset().Year);
    }

    [Fact]
    public async Task The_dashboard_lists_a_lecture_until_it_ends()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        foreach (
            var (title, startsAt, durationMinutes) in new (string, DateTimeOffset, int?)[]
            {
                ("Ended", Now.AddHours(-2), 90),
                ("Ended, no duration", Now.AddHours(-2), null),
                ("Long", Now.AddHours(-23), 24 * 60),
                ("Running, no duration", Now.AddMinutes(-20), null),
                ("Later", Now.AddDays(1), 90),
            }
        )
        {
            await LearningFixture.PostAsync(
                owner.Client,
                $"/api/courses/{course}/lectures",
                new
                {
                    title,
                    startsAt,
                    durationMinutes,
                }
            );
        }
        var dashboard = await student.Client.GetFromJsonAsync<JsonElement>("/api/dashboard");
        var lectures = dashboard.GetProperty("nextLectures").EnumerateArray().ToList();
        Assert.Equal(["Long", "Running, no duration", "Later"], lectures.Select(item => item.GetProperty("title").GetString()));
        Assert.Equal(Now.AddHours(25), lectures[0].GetProperty("attendableUntil").GetDateTimeOffset());
    }
}
