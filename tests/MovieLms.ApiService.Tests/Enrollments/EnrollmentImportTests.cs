using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.ApiService.Tests.Imports;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Enrollments;

/// <summary>The API and the Worker in one host.</summary>
public sealed class LearningWithWorker : LearningFixture
{
    protected override Services Services => Services.Api | Services.Worker;
}

public sealed class EnrollmentImportTests(LearningWithWorker api) : IClassFixture<LearningWithWorker>
{
    [Fact]
    public async Task An_import_enrolls_known_addresses_and_reports_unknown_ones()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (first, second) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        using var response = await owner.Client.PostAsync(
            $"/api/courses/{course}/enrollments/import",
            ImportHost.Raw(
                Encoding.UTF8.GetBytes($"email,name\n{first.Email},One\n{second.Email},Two\nnobody@example.test,X\n"),
                "text/csv"
            )
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
            ("enrollments", course, 2, 1),
            (
                import.GetProperty("kind").GetString(),
                import.GetProperty("subjectId").GetString(),
                import.GetProperty("succeeded").GetInt32(),
                import.GetProperty("failed").GetInt32()
            )
        );
        Assert.Contains(
            "4,email,nobody@example.test,",
            await owner.Client.GetStringAsync(response.Headers.Location + "/errors.csv"),
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await LearningFixture.ReadAllAsync(owner.Client, $"/api/enrollments?courseId={course}")).Count);
    }

    [Fact]
    public async Task Only_managers_of_the_course_can_import_enrollments()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var content = () => ImportHost.Raw("email\n"u8.ToArray(), "text/csv");
        await (await api.Instructor().PostAsync($"/api/courses/{course}/enrollments/import", content())).AssertProblemAsync(403);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await api.Student().PostAsync($"/api/courses/{course}/enrollments/import", content())).StatusCode
        );
        (await owner.Client.PostAsync($"/api/courses/{course}/archive", null)).EnsureSuccessStatusCode();
        await (await owner.Client.PostAsync($"/api/courses/{course}/enrollments/import", content())).AssertProblemAsync(409);
    }
}
