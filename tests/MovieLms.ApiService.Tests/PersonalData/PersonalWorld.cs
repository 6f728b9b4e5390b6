using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Announcements;
using MovieLms.Data.Chat;
using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.PersonalData;

/// <summary>A user who has used every part of the product, so that every collection with personal data has a document of theirs.</summary>
internal sealed class PersonalWorld(ServiceHost host)
{
    internal string Phone { get; } = $"+49151{Random.Shared.Next(10_000_000, 99_999_999)}";
    internal const string Comment = "Slow, \"quiet\",\nand long";
    internal const string FileContent = "My essay about montage";

    /// <summary>A PNG image of one pixel.</summary>
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    internal string Username { get; } = $"Ida {Guid.NewGuid():N}"[..30];

    /// <summary>A spreadsheet would take it for a formula.</summary>
    internal string MovieTitle { get; } = $"+1 {Guid.NewGuid():N}";

    internal TestUser User { get; private set; } = null!;

    internal ObjectId UserId => ObjectId.Parse(User.Id);

    internal string MovieId { get; private set; } = null!;

    internal string FileId { get; private set; } = null!;

    /// <summary>The room of the user and another user.</summary>
    internal string DirectRoom { get; private set; } = null!;

    internal TestUser Other { get; private set; } = null!;

    internal static async Task<PersonalWorld> CreateAsync(ServiceHost host)
    {
        var world = new PersonalWorld(host);
        await world.CreateAsync();
        return world;
    }

    /// <summary>Returns the stored documents that contain any of the texts, as <c>collection: document</c>.</summary>
    internal static async Task<List<string>> ScanAsync(IMongoDatabase database, Func<string, bool> includes, params string[] texts)
    {
        var found = new List<string>();
        foreach (var name in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            if (!includes(name))
                continue;
            foreach (var document in await database.GetCollection<BsonDocument>(name).Find(new BsonDocument()).ToListAsync())
            {
                if (Texts(document).Any(stored => texts.Any(text => stored.Contains(text, StringComparison.OrdinalIgnoreCase))))
                    found.Add($"{name}: {document.ToJson()}");
            }
        }
        return found;
    }

    private async Task CreateAsync()
    {
        User = await host.SignInStudentAsync();
        Other = await host.SignInStudentAsync();
        await ExpectAsync(
            User.Client.PutAsJsonAsync(
                "/api/auth/me",
                new
                {
                    username = Username,
                    phone = Phone,
                    currentPassword = User.Password,
                }
            )
        );
        var teacher = await host.SignInInstructorAsync();
        MovieId = await IdAsync(
            teacher.Client.PostAsJsonAsync(
                "/api/movies",
                new
                {
                    title = MovieTitle,
                    year = 2013,
                    director = new { name = "Dennis Iliadis" },
                }
            )
        );
        await ExpectAsync(User.Client.PostAsJsonAsync($"/api/movies/{MovieId}/reviews", new { rating = 7.5, comment = Comment }));
        await ExpectAsync(User.Client.PutAsync($"/api/movies/{MovieId}/favorite", null));
        await ExpectAsync(User.Client.PostAsJsonAsync("/api/todos", new { title = "=2+3" }));
        using var avatar = new ByteArrayContent(Convert.FromBase64String(Pixel));
        avatar.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        await ExpectAsync(User.Client.PutAsync($"/api/users/{User.Id}/avatar", avatar));
        await StudyAsync(teacher);
        await ImportAsync();
        await TeachAndChatAsync();
        await ExpectAsync(User.Client.PostAsJsonAsync("/api/auth/otp", new { channel = "email", purpose = "verifyEmail" }));
        await SignInBrowserAsync();
    }

    /// <summary>The console, which is not running, would store the session.</summary>
    private Task SignInBrowserAsync()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var session = new ConsoleSessionDocument
        {
            KeyHash = Guid.NewGuid().ToString("N"),
            UserId = UserId,
            ProtectedTokens = [1, 2, 3],
            AccessTokenExpiresAt = now,
            RefreshAt = now,
            CreatedAt = now,
            ExpiresAt = now.AddYears(100),
        };
        return new ConsoleSessionStore(host.Database, TimeProvider.System).AddAsync(session, default);
    }

    private async Task StudyAsync(TestUser teacher)
    {
        var course = await IdAsync(teacher.Client.PostAsJsonAsync("/api/courses", new { title = "Editing", status = "published" }));
        var lecture = await IdAsync(teacher.Client.PostAsJsonAsync($"/api/courses/{course}/lectures", new { title = "Montage" }));
        var assignment = await IdAsync(teacher.Client.PostAsJsonAsync($"/api/courses/{course}/assignments", new { title = "Essay" }));
        await ExpectAsync(User.Client.PostAsJsonAsync("/api/enrollments", new { courseId = course }));
        await ExpectAsync(User.Client.PostAsync($"/api/courses/{course}/lectures/{lecture}/attend", null));
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes($"{FileContent} by {Username}"));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        form.Add(file, "file", $"essay of {Username}.txt");
        var submission = await IdAsync(User.Client.PostAsync($"/api/assignments/{assignment}/submissions", form));
        await ExpectAsync(teacher.Client.PutAsJsonAsync($"/api/submissions/{submission}/grade", new { grade = 80, feedback = "Good" }));
        FileId = (await Collection("submissions").Find(new BsonDocument("_id", ObjectId.Parse(submission))).FirstAsync())["current"]
            ["fileId"]
            .AsObjectId.ToString();
        var priced = await IdAsync(
            teacher.Client.PostAsJsonAsync(
                "/api/courses",
                new
                {
                    title = "Color",
                    status = "published",
                    price = 10,
                    currency = "EUR",
                }
            )
        );
        using var order = new HttpRequestMessage(HttpMethod.Post, "/api/orders")
        {
            Content = JsonContent.Create(new { courseId = priced }),
        };
        order.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        await ExpectAsync(User.Client.SendAsync(order));
    }

    private async Task ImportAsync()
    {
        using var rows = new StringContent($"title\n{Username}\n", Encoding.UTF8, "text/csv");
        var import = await IdAsync(User.Client.PostAsync("/api/todos/import", rows));
        // The Worker, which is not running, would store the errors.
        var error = new ImportErrorDocument(
            ObjectId.GenerateNewId(),
            ObjectId.Parse(import),
            1,
            2,
            [new ImportProblem("dueDate", Username, "Must be a date.")]
        );
        await Get<ImportErrorStore>().AddAsync([error], default);
    }

    private async Task TeachAndChatAsync()
    {
        var course = await Get<CourseStore>()
            .CreateAsync(UserId, new CourseDetails("My course", null, 0, "EUR", null, CourseStatus.Draft), default);
        await Get<AnnouncementStore>().AddAsync(ObjectId.GenerateNewId(), course.Id, UserId, "News", "Text", default);
        var (rooms, messages) = (Get<RoomStore>(), Get<ChatMessageStore>());
        ObjectId[] pair = [UserId, ObjectId.Parse(Other.Id)];
        DirectRoom = $"dm:{string.Join(':', pair.Order())}";
        var room = await rooms.GetOrCreateAsync(DirectRoom, null, pair, default);
        var drafts = new[]
        {
            new MessageDraft(UserId, Username, $"I am {Username}, call {Phone}", "1"),
            new MessageDraft(pair[1], Other.Username, "Hello", "1"),
            new MessageDraft(UserId, Username, "Bye", "2"),
        };
        await messages.AppendAsync(room.Id, drafts, null, default);
        await rooms.MarkReadAsync(UserId, room.Id, 2, default);
    }

    /// <summary>Returns the names, keys and values of a document as texts.</summary>
    private static IEnumerable<string> Texts(BsonValue value) =>
        value switch
        {
            BsonDocument document => document.SelectMany(element => Texts(element.Value).Prepend(element.Name)),
            BsonArray array => array.SelectMany(Texts),
            BsonBinaryData binary => [Encoding.UTF8.GetString(binary.Bytes)],
            _ => [value.ToString() ?? string.Empty],
        };

    private static async Task<string> IdAsync(Task<HttpResponseMessage> response) =>
        (await (await ExpectAsync(response)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;

    private static async Task<HttpResponseMessage> ExpectAsync(Task<HttpResponseMessage> sent)
    {
        var response = await sent;
        Assert.True(
            response.IsSuccessStatusCode,
            $"{response.RequestMessage?.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}"
        );
        return response;
    }

    private IMongoCollection<BsonDocument> Collection(string name) => host.Database.GetCollection<BsonDocument>(name);

    private T Get<T>()
        where T : notnull => host.App.Services.GetRequiredService<T>();
}
