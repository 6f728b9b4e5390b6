using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>A teacher with a course, a learner in it, and what is theirs; each made when a cell first names it.</summary>
internal sealed partial class AuthorizationWorld(LearningFixture api)
{
    private readonly Dictionary<string, string> _made = [];
    private readonly Dictionary<string, Person> _people = [];

    /// <summary>The client of one of the table's callers.</summary>
    internal async Task<HttpClient> CallerAsync(string caller) => caller == "nobody" ? api.Anonymous : (await PersonAsync(caller)).Client;

    /// <summary>
    /// Replaces each name in braces by the id of what it names. An object in JSON has braces too, but no bare name in them.
    /// </summary>
    internal async Task<string> FillAsync(string text)
    {
        foreach (var name in Names().Matches(text).Select(match => match.Groups[1].Value).Distinct())
            text = text.Replace($"{{{name}}}", await MadeAsync(name), StringComparison.Ordinal);
        return text;
    }

    private async Task<string> MadeAsync(string name)
    {
        if (_made.TryGetValue(name, out var known))
            return known;
        return _made[name] = name switch
        {
            "unique" => Guid.NewGuid().ToString("N"),
            "unknown" => ObjectId.GenerateNewId().ToString(),
            "provider" => "none",
            "teacher" => (await PersonAsync("teacher")).Id.ToString(),
            "learner" => (await PersonAsync("learner")).Id.ToString(),
            "taught" => await TaughtAsync(),
            "film" => (await api.AddMovieAsync(new { title = Guid.NewGuid().ToString("N") })).Id(),
            "review" => await PostAsync("learner", $"/api/movies/{await MadeAsync("film")}/reviews", new { rating = 5 }),
            "todo" => await PostAsync("learner", "/api/todos", new { title = "A task" }),
            "import" => await ImportAsync(),
            "course" => await CourseAsync(),
            "draft" => await PostAsync("teacher", "/api/courses", new { title = "A draft" }),
            "archived" => await ArchivedAsync(),
            "lecture" => await PostAsync("teacher", $"/api/courses/{await MadeAsync("course")}/lectures", new { title = "A lecture" }),
            "announcement" => await PostAsync(
                "teacher",
                $"/api/courses/{await MadeAsync("course")}/announcements",
                new { title = "News", text = "Text" }
            ),
            "assignment" => await PostAsync("teacher", $"/api/courses/{await MadeAsync("course")}/assignments", new { title = "A scene" }),
            "submission" => await PostAsync(
                "learner",
                $"/api/assignments/{await MadeAsync("assignment")}/submissions",
                new { text = "Done" }
            ),
            "room" => $"course:{await MadeAsync("course")}",
            "order" => await PostAsync("learner", "/api/orders", new { courseId = await MadeAsync("course") }),
            "enrollment" => await EnrollmentAsync(),
            _ => throw new ArgumentException($"The world has no {name}.", nameof(name)),
        };
    }

    /// <summary>The course, with the learner in it.</summary>
    private async Task<string> CourseAsync()
    {
        var course = await PostAsync("teacher", "/api/courses", new { title = "A course", status = "published" });
        _made["enrollment"] = await PostAsync("learner", "/api/enrollments", new { courseId = course });
        return course;
    }

    private async Task<string> EnrollmentAsync()
    {
        await MadeAsync("course");
        return _made["enrollment"];
    }

    /// <summary>The learner, who takes part in the course.</summary>
    private async Task<string> TaughtAsync()
    {
        await MadeAsync("course");
        return await MadeAsync("learner");
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
        using var answer = await (await CallerAsync("learner")).PostAsync("/api/todos/import", content);
        return (await answer.JsonAsync()).Id();
    }

    private async Task<string> PostAsync(string caller, string path, object body)
    {
        using var answer = await (await CallerAsync(caller)).PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.JsonAsync()).Id();
    }

    private async Task<Person> PersonAsync(string caller)
    {
        if (_people.TryGetValue(caller, out var known))
            return known;
        if (caller == "demoted")
            return _people[caller] = await api.DemoteAsync(await PersonAsync("teacher"));
        return _people[caller] = await api.PersonAsync(
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
