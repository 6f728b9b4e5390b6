using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>MovieLms.Standalone with an administrator, and a browser, for tests of the chat and of notifications.</summary>
public sealed class ChatSite : IAsyncLifetime
{
    private const string AdminEmail = "admin@example.test";
    internal const string Password = "the projector hums at night";
    private const int MessagesPerStudent = 15;
    private static int _count;
    private readonly IReadOnlyDictionary<string, string?> _settings = new Dictionary<string, string?>();
    private StandaloneProcess _standalone = null!;
    private PageBrowser _browser = null!;
    private HttpClient _admin = null!;

    /// <summary>Uses the default settings.</summary>
    public ChatSite() { }

    internal ChatSite(IReadOnlyDictionary<string, string?> settings) => _settings = settings;

    /// <summary>The address of the site.</summary>
    internal Uri Address => _standalone.Address;

    public async ValueTask InitializeAsync()
    {
        _browser = await PageBrowser.StartAsync();
        _standalone = await StandaloneProcess.StartAsync(
            null,
            new Dictionary<string, string?>(_settings)
            {
                ["Auth__BcryptCost"] = "4",
                ["Admin__Email"] = AdminEmail,
                ["Admin__Password"] = Password,
            }
        );
        _admin = await ApiClient.SignInAsync(Address, AdminEmail, Password);
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_standalone is not null)
            await _standalone.DisposeAsync();
    }

    /// <summary>Creates a course with new students.</summary>
    internal async Task<ChatCourse> CreateCourseAsync(params string[] names)
    {
        using var created = await _admin.PostAsJsonAsync("/api/courses", new { title = "Editing", status = "published" });
        var course = await ReadIdAsync(created);
        var students = new List<ChatStudent>();
        foreach (var name in names)
        {
            var student = await RegisterAsync(name);
            students.Add(student);
            await EnrollAsync(course, student);
        }
        return new ChatCourse(course, students);
    }

    /// <summary>Registers a student.</summary>
    internal async Task<ChatStudent> RegisterAsync(string name)
    {
        var email = $"student{Interlocked.Increment(ref _count)}@example.test";
        using var registered = await _standalone.Client.PostAsJsonAsync(
            "/api/auth/register",
            new
            {
                username = name,
                email,
                password = Password,
            }
        );
        return new ChatStudent(await ReadIdAsync(registered), name, email);
    }

    /// <summary>Enrolls a student, who is notified.</summary>
    internal async Task EnrollAsync(string course, ChatStudent student)
    {
        using var enrolled = await _admin.PostAsJsonAsync("/api/enrollments", new { courseId = course, studentId = student.Id });
        enrolled.EnsureSuccessStatusCode();
    }

    /// <summary>Opens the browser of a student who is signed in.</summary>
    /// <param name="student">The student.</param>
    /// <param name="width">The width of the window in pixels.</param>
    /// <param name="address">The address at which the browser reaches the site, if it is not the site's own.</param>
    internal async Task<Visitor> SignInAsync(ChatStudent student, int width = 1_400, Uri? address = null)
    {
        var visitor = await _browser.OpenAsync(address ?? Address, new View(width, false));
        await visitor.SignInAsync(student.Email, Password, student.Name);
        return visitor;
    }

    /// <summary>Opens the browser of the administrator.</summary>
    internal async Task<Visitor> SignInAdminAsync()
    {
        var visitor = await _browser.OpenAsync(Address);
        await visitor.SignInAsync(AdminEmail, Password, "");
        return visitor;
    }

    /// <summary>Opens the browser of a visitor who is not signed in.</summary>
    internal Task<Visitor> OpenAnonymousAsync() => _browser.OpenAsync(Address);

    /// <summary>Writes messages "Take 1", "Take 2" … to the room of a course, as several students because of the rate limit.</summary>
    internal async Task WriteAsync(ChatCourse course, int count, int first = 1)
    {
        for (var i = first; i < first + count; i += MessagesPerStudent)
        {
            var author = await RegisterAsync("Writer");
            await EnrollAsync(course.Id, author);
            var token = await _standalone.Client.LogInAsync(author.Email, Password);
            var takes = Enumerable.Range(i, Math.Min(MessagesPerStudent, first + count - i)).Select(take => $"Take {take}");
            await ChatSample.WriteAsync(Address, token, course.RoomName, takes);
        }
    }

    private static async Task<string> ReadIdAsync(HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}

/// <summary>A course and its students.</summary>
internal sealed record ChatCourse(string Id, IReadOnlyList<ChatStudent> Students)
{
    /// <summary>The address of the course's room.</summary>
    internal string RoomAddress => $"/chat/{RoomName}";

    /// <summary>The name of the course's room.</summary>
    internal string RoomName => $"course:{Id}";
}

/// <summary>A registered student.</summary>
internal sealed record ChatStudent(string Id, string Name, string Email);
