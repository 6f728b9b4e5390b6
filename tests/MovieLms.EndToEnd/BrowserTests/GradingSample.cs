using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>A course with assignments, submissions and grades.</summary>
/// <param name="Course">The ID of the course.</param>
/// <param name="Assignment">The ID of an assignment that the student has handed in.</param>
/// <param name="Submission">The ID of the student's graded submission.</param>
internal sealed record GradingSample(string Course, string Assignment, string Submission)
{
    internal static async Task<GradingSample> CreateAsync(HttpClient manager, HttpClient student, string studentId)
    {
        var now = TimeProvider.System.GetUtcNow();
        var course = await CreateAsync(manager, "/api/courses", new { title = "Directing", status = "published" });
        var assignments = $"/api/courses/{course}/assignments";
        var task = new
        {
            title = "A scene in one shot",
            description = "Film a scene of at most three minutes without a cut.\nHand in the film and a floor plan.",
            dueAt = now.AddDays(-2),
        };
        var assignment = await CreateAsync(manager, assignments, task);
        await CreateAsync(manager, assignments, new { title = "Blocking for three actors", dueAt = now.AddDays(5) });
        await CreateAsync(manager, assignments, new { title = "Reading: Making Movies" });
        await CreateAsync(manager, "/api/enrollments", new { courseId = course, studentId });
        var submissions = $"/api/assignments/{assignment}/submissions";
        await CreateAsync(student, submissions, new { text = "The first version." });
        var submission = await CreateAsync(student, submissions, new { text = "The second version, with a floor plan." });
        foreach (var (grade, feedback) in new[] { (80.0, "The floor plan is missing."), (87.5, "The light is beautiful.") })
            (await manager.PutAsJsonAsync($"/api/submissions/{submission}/grade", new { grade, feedback })).EnsureSuccessStatusCode();
        return new GradingSample(course, assignment, submission);
    }

    /// <summary>Replaces the placeholders of an address.</summary>
    internal string Fill(string address) =>
        address
            .Replace("{graded-course}", Course, StringComparison.Ordinal)
            .Replace("{assignment}", Assignment, StringComparison.Ordinal)
            .Replace("{submission}", Submission, StringComparison.Ordinal);

    private static async Task<string> CreateAsync<T>(HttpClient client, string address, T body)
    {
        using var response = await client.PostAsJsonAsync(address, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
