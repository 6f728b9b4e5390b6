using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>A teacher with a course, a learner in it, and their objects. Each is created when it is first referenced.</summary>
internal sealed partial class AuthorizationWorld(LearningFixture api)
{
    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<string, Person> _people = [];

    /// <summary>Returns the client of one of the table's callers.</summary>
    internal async Task<HttpClient> CallerAsync(string caller) => caller == "nobody" ? api.Anonymous : (await PersonAsync(caller)).Client;

    /// <summary>
    /// Replaces each name in braces with the ID of that object. JSON objects have braces too, but never around a bare name.
    /// </summary>
    internal async Task<string> FillAsync(string text)
    {
        foreach (var name in Names().Matches(text).Select(match => match.Groups[1].Value).Distinct())
            text = text.Replace($"{{{name}}}", await GetIdAsync(name), StringComparison.Ordinal);
        return text;
    }

    private async Task<string> GetIdAsync(string name)
    {
        if (_ids.TryGetValue(name, out var known))
            return known;
        return _ids[name] = name switch
        {
            "unique" => Guid.NewGuid().ToString("N"),
            "unknown" => ObjectId.GenerateNewId().ToString(),
            "provider" => "none",
            "analytic" => "top-rated",
            "figure" => "by-item",
            "teacher" => (await PersonAsync("teacher")).Id.ToString(),
            "learner" => (await PersonAsync("learner")).Id.ToString(),
            "taught" => await TaughtAsync(),
            "movie" => (await api.AddMovieAsync(new { title = Guid.NewGuid().ToString("N") })).Id(),
            "review" => await PostAsync("learner", $"/api/movies/{await GetIdAsync("movie")}/reviews", new { rating = 5 }),
            "todo" => await PostAsync("learner", "/api/todos", new { title = "A task" }),
            "import" => await ImportAsync(),
            "course" => await CourseAsync(),
            "draft" => await PostAsync("teacher", "/api/courses", new { title = "A draft" }),
            "archived" => await ArchivedAsync(),
            "lecture" => await PostAsync("teacher", $"/api/courses/{await GetIdAsync("course")}/lectures", new { title = "A lecture" }),
            "announcement" => await PostAsync(
                "teacher",
                $"/api/courses/{await GetIdAsync("course")}/announcements",
                new { title = "News", text = "Text" }
            ),
            "assignment" => await PostAsync("teacher", $"/api/courses/{await GetIdAsync("course")}/assignments", new { title = "A scene" }),
            "submission" => await PostAsync(
                "learner",
                $"/api/assignments/{await GetIdAsync("assignment")}/submissions",
                new { text = "Done" }
            ),
            "room" => $"course:{await GetIdAsync("course")}",
            "order" => await PostAsync("learner", "/api/orders", new { courseId = await GetIdAsync("course") }),
            "enrollment" => await EnrollmentAsync(),
            _ => throw new ArgumentException($"The world has no {name}.", nameof(name)),
        };
    }

    /// <summary>Creates a course and enrolls the learner.</summary>
    private async Task<string> CourseAsync()
    {
        var course = await PostAsync("teacher", "/api/courses", new { title = "A course", status = "published" });
        _ids["enrollment"] = await PostAsync("learner", "/api/enrollments", new { courseId = course });
        return course;
    }

    private async Task<string> EnrollmentAsync()
    {
        await GetIdAsync("course");
        return _ids["enrollment"];
    }

    /// <summary>Returns the learner, who is enrolled in the course.</summary>
    private async Task<string> TaughtAsync()
    {
        await GetIdAsync("course");
        return await GetIdAsync("learner");
    }

    private async Task<string> ArchivedAsync()
    {
        var course = await PostAsync("teacher", "/api/courses", new { title = "A course", status = "published" });
        using var archived = await (await CallerAsync("teacher")).PostAsync($"/api/courses/{course}/archive", null);
        Assert.True(archived.IsSuccessStatusCode);
        return course;
    }

    private async Task<string> ImportAsync()
    {
        using var content = new StringContent("title\nA task\n", null, "text/csv");
        using var response = await (await CallerAsync("learner")).PostAsync("/api/todos/import", content);
        return (await response.JsonAsync()).Id();
    }

    private async Task<string> PostAsync(string caller, string path, object body)
    {
        using var response = await (await CallerAsync(caller)).PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.JsonAsync()).Id();
    }

    private async Task<Person> PersonAsync(string caller)
    {
        if (_people.TryGetValue(caller, out var known))
            return known;
        if (caller == "demoted")
            return _people[caller] = await api.DemoteAsync(await PersonAsync("teacher"));
        return _people[caller] = await api.CreateUserAsync(
            caller switch
            {
                "teacher" => "instructor",
                "learner" => "student",
                _ => caller,
            }
        );
    }

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Names();
}
