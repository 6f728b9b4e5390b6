using System.Net.Http.Json;
using System.Text.Json;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>Fills a course as its instructor would.</summary>
internal static class CourseSample
{
    /// <summary>Adds lectures, an announcement and a student to a course, and returns the ID of the lecture that takes place now.</summary>
    internal static async Task<string> FillAsync(HttpClient manager, string course, string movie, string student)
    {
        var now = TimeProvider.System.GetUtcNow();
        var present = new
        {
            title = "Montage",
            description = "We compare three cuts of one scene.\nBring your notes.",
            startsAt = now,
            durationMinutes = 90,
            movieId = movie,
        };
        var lecture = await CreateAsync(manager, $"/api/courses/{course}/lectures", present);
        await CreateAsync(manager, $"/api/courses/{course}/lectures", new { title = "Rhythm", startsAt = now.AddDays(1) });
        await CreateAsync(manager, $"/api/courses/{course}/lectures", new { title = "Reading: In the Blink of an Eye" });
        var announcement = new { title = "Screening on Friday", text = "We watch a film at 19:00.\nThere is soup." };
        await CreateAsync(manager, $"/api/courses/{course}/announcements", announcement);
        await CreateAsync(manager, "/api/enrollments", new { courseId = course, studentId = student });
        return lecture;
    }

    private static async Task<string> CreateAsync<T>(HttpClient client, string address, T body)
    {
        using var response = await client.PostAsJsonAsync(address, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
