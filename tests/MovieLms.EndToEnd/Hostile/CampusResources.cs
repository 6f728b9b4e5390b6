using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Testing;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>
/// Replaces the placeholders of a request with the IDs of resources. <c>{movie}</c> is a movie shared by all requests.
/// <c>{movie!}</c> creates a movie for the request, and later placeholders of the same request refer to it.
/// </summary>
internal sealed partial class CampusResources(Campus campus)
{
    private const string Secret = "planted-secret-of-a-link-5f0c";
    private readonly Dictionary<string, string> _shared = [];

    /// <summary>Creates the shared resources. Must be called once, before any request.</summary>
    internal async Task CreateSharedAsync()
    {
        campus.Secrets.Add(Secret);
        (_shared["password"], _shared["secret"], _shared["email"]) = (Campus.Password, Secret, (await campus.CreateStudentAsync()).Email);
        _shared["instructor"] = campus["outsider"].Id;
        foreach (
            var name in new[]
            {
                "movie",
                "review",
                "course",
                "enrollment",
                "lecture",
                "announcement",
                "assignment",
                "submission",
                "todo",
                "order",
                "import",
            }
        )
        {
            _shared[name] = await CreateAsync(name, _shared, null);
        }

        var course = new Dictionary<string, string> { ["course"] = _shared["course"] };
        course["assignment"] = await CreateAsync("assignment", course, null);
        _shared["uploadedSubmission"] = await CreateAsync("submission", course, null);
        _shared["paidOrder"] = await CreateAsync("order", _shared, null);
        await Campus.ReadJsonAsync(
            await campus["admin"].Client.PatchAsJsonAsync($"/api/orders/{_shared["paidOrder"]}", new { status = "paid" })
        );
        var student = campus["student"].Client;
        JsonElement notifications = default;
        await Eventually.WaitUntilAsync(
            async () =>
                (notifications = (await student.GetFromJsonAsync<JsonElement>("/api/notifications")).GetProperty("items")).GetArrayLength()
                    > 0
                && (await student.GetAsync($"/api/imports/{_shared["import"]}/report.pdf")).IsSuccessStatusCode,
            "the import is completed and the student is notified",
            60
        );
        _shared["notification"] = notifications[0].GetProperty("id").GetString()!;
    }

    /// <summary>Replaces the placeholders of a text.</summary>
    /// <param name="text">A path or a body.</param>
    /// <param name="own">The resources created for the request so far.</param>
    /// <param name="caller">The caller if it is a new user, whose session may be revoked.</param>
    internal async Task<string> FillAsync(string text, Dictionary<string, string> own, Person? caller)
    {
        if (!text.Contains('{'))
            return text;
        var filled = new StringBuilder();
        var end = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            var name = match.Groups["name"].Value;
            filled
                .Append(text, end, match.Index - end)
                .Append(
                    name == "unique" ? Guid.NewGuid().ToString("N")
                    : match.Groups["new"].Success && !own.ContainsKey(name) ? own[name] = await CreateAsync(name, own, caller)
                    : own.GetValueOrDefault(name) ?? _shared.GetValueOrDefault(name) ?? match.Value
                );
            end = match.Index + match.Length;
        }
        return filled.Append(text, end, text.Length - end).ToString();
    }

    private async Task<string> CreateAsync(string name, Dictionary<string, string> own, Person? caller)
    {
        string GetId(string parent) => own.GetValueOrDefault(parent) ?? _shared[parent];
        return name switch
        {
            "movie" => await PostAsync(
                "teacher",
                "/api/movies",
                new
                {
                    title = $"Take {Guid.NewGuid():N}",
                    genre = "Drama",
                    year = 1999,
                }
            ),
            "review" => await PostAsync(
                "student",
                $"/api/movies/{own.GetValueOrDefault("movie") ?? await CreateAsync("movie", own, caller)}/reviews",
                new { rating = 5 }
            ),
            "course" => await PostAsync("teacher", "/api/courses", new { title = "A course", status = "published" }),
            "enrollment" => await PostAsync(
                "student",
                "/api/enrollments",
                new { courseId = own == _shared ? GetId("course") : await CreateAsync("course", own, caller) }
            ),
            "lecture" => await PostAsync("teacher", $"/api/courses/{GetId("course")}/lectures", new { title = "A lecture" }),
            "announcement" => await PostAsync(
                "teacher",
                $"/api/courses/{GetId("course")}/announcements",
                new { title = "News", text = "Text" }
            ),
            "assignment" => await PostAsync("teacher", $"/api/courses/{GetId("course")}/assignments", new { title = "A scene" }),
            "submission" => await UploadAsync($"/api/assignments/{GetId("assignment")}/submissions", "scene.txt", "INT. KITCHEN - DAY"),
            "todo" => await PostAsync("student", "/api/todos", new { title = "A task" }),
            "order" => await PostAsync("student", "/api/orders", new { courseId = GetId("course") }),
            "import" => await UploadAsync("/api/todos/import", "todos.csv", "title,priority\nA task,high\nAnother,wrong\n"),
            "user" => (await campus.CreateStudentAsync()).Id,
            "archivedUser" => await CreateArchivedUserAsync(),
            "refresh" => (await campus.SignInAsync(caller?.Email ?? _shared["email"])).RefreshToken,
            "session" => (await (caller ?? await campus.CreateStudentAsync()).Client.GetFromJsonAsync<JsonElement>("/api/auth/sessions"))[0]
                .GetProperty("id")
                .GetString()!,
            "reset" => await CreateResetTokenAsync(),
            _ => throw new ArgumentException($"Unknown placeholder '{name}'.", nameof(name)),
        };
    }

    private async Task<string> PostAsync(string caller, string path, object body) =>
        (await Campus.ReadJsonAsync(await campus[caller].Client.PostAsJsonAsync(path, body))).GetProperty("id").GetString()!;

    private async Task<string> UploadAsync(string path, string name, string text)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(text, Encoding.UTF8, name.EndsWith("csv") ? "text/csv" : "text/plain"), "file", name },
        };
        return (await Campus.ReadJsonAsync(await campus["student"].Client.PostAsync(path, form))).GetProperty("id").GetString()!;
    }

    private async Task<string> CreateArchivedUserAsync()
    {
        var id = (await campus.CreateStudentAsync()).Id;
        await Campus.ReadJsonAsync(await campus["admin"].Client.PostAsync($"/api/users/{id}/archive", null));
        return id;
    }

    private async Task<string> CreateResetTokenAsync()
    {
        var person = await campus.CreateStudentAsync();
        using var anonymous = new HttpClient { BaseAddress = campus.Address };
        using var requested = await anonymous.PostAsJsonAsync("/api/auth/forgot-password", new { email = person.Email });
        var token = TestMail.ExtractToken(
            await campus.Processes.GetMailTextAsync(campus["admin"].Client, person.Email, "Set a new password")
        );
        lock (campus.Secrets)
            campus.Secrets.Add(token);
        return token;
    }

    [GeneratedRegex(@"\{(?<name>[a-zA-Z]+)(?<new>!)?\}")]
    private static partial Regex Placeholder();
}
