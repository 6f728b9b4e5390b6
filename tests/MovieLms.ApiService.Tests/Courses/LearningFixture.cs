using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Tests.Courses;

/// <summary>A stored user, and a client that sends their token.</summary>
public sealed record Person(ObjectId Id, string Name, string Email, HttpClient Client);

/// <summary>The API, and helpers that create users, courses and enrollments.</summary>
public class LearningFixture : ApiFixture
{
    /// <summary>Stores a user with the role, like a registration.</summary>
    public async Task<Person> CreateUserAsync(string role = "student", string? name = null, bool wantsMail = true)
    {
        var email = $"{Guid.NewGuid():N}@example.test";
        var user = await Host
            .App.Services.GetRequiredService<UserStore>()
            .AddAsync(
                new UserDocument
                {
                    Username = name ?? $"A {role}",
                    Email = email,
                    EmailNormalized = email,
                    Role = role,
                    MailPreferences = new MailPreferences { Announcements = wantsMail },
                },
                default
            );
        return new Person(user!.Id, user.Username, email, As(role, user.Id));
    }

    /// <summary>Demotes an instructor to a student and signs them in again.</summary>
    public async Task<Person> DemoteAsync(Person instructor)
    {
        await Host.App.Services.GetRequiredService<UserCredentials>().SetRoleAsync(instructor.Id, "instructor", "student", null, default);
        return instructor with { Client = As("student", instructor.Id) };
    }

    /// <summary>Creates a course and an instructor who owns it. Without a body it is published and free.</summary>
    public async Task<(string Id, Person Owner)> CreateCourseAsync(object? body = null)
    {
        var owner = await CreateUserAsync("instructor");
        return (await CreateCourseAsync(owner, body), owner);
    }

    /// <summary>Creates a course of an instructor.</summary>
    public async Task<string> CreateCourseAsync(Person owner, object? body = null) =>
        (await PostAsync(owner.Client, "/api/courses", body ?? new { title = "Editing", status = "published" })).Id();

    /// <summary>Adds a lecture at the end.</summary>
    public async Task<string> AddLectureAsync(Person owner, string course, string title = "Montage") =>
        (await PostAsync(owner.Client, $"/api/courses/{course}/lectures", new { title })).Id();

    /// <summary>Enrolls a student in a free course.</summary>
    public async Task<string> EnrollAsync(Person student, string courseId) =>
        (await PostAsync(student.Client, "/api/enrollments", new { courseId })).Id();

    /// <summary>Sends a request that must succeed.</summary>
    public static async Task<JsonElement> PostAsync(HttpClient client, string path, object? body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.JsonAsync();
    }

    /// <summary>Returns all items of a list, page by page.</summary>
    public static async Task<List<JsonElement>> ReadAllAsync(HttpClient client, string path, int limit = 2)
    {
        var (items, cursor) = (new List<JsonElement>(), (string?)null);
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>(
                $"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}"
            );
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return items;
    }
}
