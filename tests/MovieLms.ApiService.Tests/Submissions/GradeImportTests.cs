using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.ApiService.Tests.Enrollments;
using MovieLms.ApiService.Tests.Imports;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Submissions;

public sealed class GradeImportTests(LearningWithWorker api) : IClassFixture<LearningWithWorker>
{
    [Fact]
    public async Task The_student_sees_an_imported_grade_and_only_staff_see_its_history()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var student = await api.CreateUserAsync();
        await api.EnrollAsync(student, course);
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "A scene" })
        ).Id();
        var work = (
            await LearningFixture.PostAsync(student.Client, $"/api/assignments/{assignment}/submissions", new { text = "Done" })
        ).Id();
        await student.Client.GetStringAsync("/api/dashboard");
        using var response = await owner.Client.PostAsync(
            $"/api/assignments/{assignment}/grades/import",
            Csv($"email,grade,feedback\n{student.Email},81,Keep going\nnobody@example.test,5,\n")
        );
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var import = default(JsonElement);
        await Eventually.WaitUntilAsync(
            async () =>
                (import = await owner.Client.GetFromJsonAsync<JsonElement>(response.Headers.Location)).GetProperty("state").GetString()
                    is "completed"
                        or "failed",
            "the import ends",
            60
        );
        Assert.Equal(
            ("grades", assignment, 1, 1),
            (
                import.GetProperty("kind").GetString(),
                import.GetProperty("subjectId").GetString(),
                import.GetProperty("succeeded").GetInt32(),
                import.GetProperty("failed").GetInt32()
            )
        );
        Assert.Contains(
            "3,email,nobody@example.test,",
            await owner.Client.GetStringAsync(response.Headers.Location + "/errors.csv"),
            StringComparison.Ordinal
        );

        var own = await student.Client.GetFromJsonAsync<JsonElement>($"/api/submissions/{work}");
        Assert.Equal(
            (81, "Keep going", 0),
            (
                own.GetProperty("grade").GetDouble(),
                own.GetProperty("feedback").GetString(),
                own.GetProperty("gradeChanges").GetArrayLength()
            )
        );
        var change = Assert.Single(
            (await owner.Client.GetFromJsonAsync<JsonElement>($"/api/submissions/{work}")).GetProperty("gradeChanges").EnumerateArray()
        );
        Assert.Equal(
            (81, owner.Id.ToString(), import.Id()),
            (change.GetProperty("to").GetDouble(), change.GetProperty("by").GetString(), change.GetProperty("importId").GetString())
        );
        Assert.Equal(
            81,
            Assert
                .Single((await student.Client.GetFromJsonAsync<JsonElement>("/api/dashboard")).GetProperty("grades").EnumerateArray())
                .GetProperty("grade")
                .GetDouble()
        );
    }

    [Fact]
    public async Task Only_managers_can_import_grades_and_archived_courses_return_409()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "A scene" })
        ).Id();
        var path = $"/api/assignments/{assignment}/grades/import";
        await (await api.Instructor().PostAsync(path, Csv("email,grade\n"))).AssertProblemAsync(404);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.Student().PostAsync(path, Csv("email,grade\n"))).StatusCode);
        await (
            await owner.Client.PostAsync($"/api/assignments/{ObjectId.GenerateNewId()}/grades/import", Csv("email,grade\n"))
        ).AssertProblemAsync(404);
        (await owner.Client.PostAsync($"/api/courses/{course}/archive", null)).EnsureSuccessStatusCode();
        await (await owner.Client.PostAsync(path, Csv("email,grade\n"))).AssertProblemAsync(409);
    }

    private static HttpContent Csv(string text) => ImportHost.Raw(Encoding.UTF8.GetBytes(text), "text/csv");
}
