using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.ApiService.Tests.Courses;

public sealed class CourseAnalyticsTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Course_analytics_match_enrollments_and_attendance()
    {
        var (course, owner) = await api.CreateCourseAsync();
        string[] lectures =
        [
            await api.AddLectureAsync(owner, course, "First"),
            await api.AddLectureAsync(owner, course, "Second"),
            await api.AddLectureAsync(owner, course, "Unattended"),
        ];
        (
            await owner.Client.PutAsJsonAsync(
                $"/api/courses/{course}/lectures/order",
                new { ids = new[] { lectures[1], lectures[0], lectures[2] } }
            )
        ).EnsureSuccessStatusCode();
        double?[] grades = [0, 49.9, 50, 59.5, 75, 90, 100, 100, null, null];
        var expected = new Dictionary<string, int>
        {
            ["active"] = 0,
            ["completed"] = 0,
            ["withdrawn"] = 0,
        };
        var attended = new int[2];
        for (var i = 0; i < grades.Length; i++)
        {
            var student = await api.CreateUserAsync();
            var enrollment = await api.EnrollAsync(student, course);
            var status = i % 3 == 0 ? "completed" : "active";
            expected[status]++;
            (
                await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", new { status, grade = grades[i] })
            ).EnsureSuccessStatusCode();
            for (var lecture = 0; lecture < 2; lecture++)
            {
                if (i % (lecture + 2) != 0)
                    continue;
                await LearningFixture.PostAsync(student.Client, $"/api/courses/{course}/lectures/{lectures[lecture]}/attend", null);
                attended[lecture]++;
            }
        }
        var withdrawn = await api.EnrollAsync(await api.CreateUserAsync(), course);
        (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{withdrawn}", new { grade = 66 })).EnsureSuccessStatusCode();
        (await owner.Client.DeleteAsync($"/api/enrollments/{withdrawn}")).EnsureSuccessStatusCode();
        expected["withdrawn"]++;
        await api.EnrollAsync(await api.CreateUserAsync(), await api.CreateCourseAsync(owner));

        var report = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/analytics/courses/{course}");
        Assert.Equal(
            expected,
            report
                .GetProperty("enrollmentsByStatus")
                .EnumerateArray()
                .ToDictionary(part => part.GetProperty("status").GetString()!, part => part.GetProperty("count").GetInt32())
        );
        foreach (var band in report.GetProperty("grades").EnumerateArray())
        {
            var (from, to) = (band.GetProperty("from").GetDouble(), band.GetProperty("to").GetDouble());
            Assert.Equal(
                grades.Count(grade => grade >= from && (grade < to || (to == 100 && grade == 100))),
                band.GetProperty("count").GetInt32()
            );
        }
        Assert.Equal(grades.Count(grade => grade is null), report.GetProperty("ungraded").GetInt32());
        Assert.Equal(grades.Average()!.Value, report.GetProperty("averageGrade").GetDouble(), 9);
        Assert.Equal(
            [("Second", attended[1]), ("First", attended[0]), ("Unattended", 0)],
            report
                .GetProperty("attendance")
                .EnumerateArray()
                .Select(lecture => (lecture.GetProperty("title").GetString()!, lecture.GetProperty("attended").GetInt32()))
        );
    }

    [Fact]
    public async Task Only_managers_can_read_course_analytics_and_an_empty_course_has_zeros()
    {
        var (course, owner) = await api.CreateCourseAsync();
        await (await api.Instructor().GetAsync($"/api/analytics/courses/{course}")).AssertProblemAsync(403);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.Student().GetAsync($"/api/analytics/courses/{course}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Admin().GetAsync($"/api/analytics/courses/{course}")).StatusCode);
        var report = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/analytics/courses/{course}");
        Assert.Equal(JsonValueKind.Null, report.GetProperty("averageGrade").ValueKind);
        Assert.All(
            report.GetProperty("enrollmentsByStatus").EnumerateArray(),
            part => Assert.Equal(0, part.GetProperty("count").GetInt32())
        );
    }
}
