using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Chat;

namespace MovieLms.ApiService.Tests.Courses;

/// <summary>Compares the start page with the data that the tests created, sorted and counted here.</summary>
public sealed class DashboardTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private sealed record CreatedItem(string Id, string Course, string Title, DateTimeOffset? At);

    [Fact]
    public async Task A_student_sees_the_next_lectures_and_due_assignments_of_their_open_courses()
    {
        var (teacher, student) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync());
        var (taken, lectures, assignments) = (new List<string>(), new List<CreatedItem>(), new List<CreatedItem>());
        foreach (var scenario in new[] { "taken", "taken too", "not taken", "left", "unpublished", "archived", "deleted" })
        {
            var course = await api.CreateCourseAsync(teacher, new { title = scenario, status = "published" });
            // Days from now, some of them in the past. The hours make every time unique.
            foreach (var (days, i) in new[] { -30, -3, 1, 2, 3, 4, 5, 6 }.Select((days, i) => (days, i)))
            {
                var at = DateTimeOffset.FromUnixTimeMilliseconds(
                    Now.AddDays(days).AddHours(taken.Count).AddMinutes(i).ToUnixTimeMilliseconds()
                );
                var title = $"{scenario} {i}";
                lectures.Add(
                    new(
                        (
                            await LearningFixture.PostAsync(teacher.Client, $"/api/courses/{course}/lectures", new { title, startsAt = at })
                        ).Id(),
                        course,
                        scenario,
                        at
                    )
                );
                assignments.Add(
                    new(
                        (
                            await LearningFixture.PostAsync(teacher.Client, $"/api/courses/{course}/assignments", new { title, dueAt = at })
                        ).Id(),
                        course,
                        scenario,
                        at
                    )
                );
            }
            await LearningFixture.PostAsync(teacher.Client, $"/api/courses/{course}/assignments", new { title = "Never due" });
            if (scenario == "not taken")
                continue;
            var enrollment = await api.EnrollAsync(student, course);
            if (scenario.StartsWith("taken", StringComparison.Ordinal))
                taken.Add(course);
            using var end = scenario switch
            {
                "left" => await student.Client.DeleteAsync($"/api/enrollments/{enrollment}"),
                "unpublished" => await teacher.Client.PutAsJsonAsync($"/api/courses/{course}", new { title = scenario, status = "draft" }),
                "archived" => await teacher.Client.PostAsync($"/api/courses/{course}/archive", null),
                "deleted" => await teacher.Client.DeleteAsync($"/api/courses/{course}"),
                _ => null,
            };
            Assert.True(end?.IsSuccessStatusCode ?? true);
        }
        var open = assignments.Where(item => taken.Contains(item.Course)).ToList();
        var handedIn = open.Where((_, i) => i % 5 == 2).ToList();
        foreach (var item in handedIn)
            await LearningFixture.PostAsync(student.Client, $"/api/assignments/{item.Id}/submissions", new { text = "Done" });

        var page = await ReadAsync(student);
        Assert.Equal(
            ["taken too", "taken"],
            page.GetProperty("courses").EnumerateArray().Select(item => item.GetProperty("title").GetString())
        );
        Assert.Equal(
            lectures
                .Where(item => taken.Contains(item.Course) && item.At > Now)
                .OrderBy(item => item.At)
                .Take(10)
                .Select(item => (item.Id, item.Title, item.At)),
            page.GetProperty("nextLectures")
                .EnumerateArray()
                .Select(item =>
                    (
                        item.Id(),
                        item.GetProperty("courseTitle").GetString()!,
                        (DateTimeOffset?)item.GetProperty("startsAt").GetDateTimeOffset()
                    )
                )
        );
        Assert.Equal(
            open.Except(handedIn)
                .Where(item => item.At > Now.AddDays(-14))
                .OrderBy(item => item.At)
                .Take(10)
                .Select(item => (item.Id, item.Title, item.At < Now)),
            page.GetProperty("assignmentsDue")
                .EnumerateArray()
                .Select(item => (item.Id(), item.GetProperty("courseTitle").GetString()!, item.GetProperty("overdue").GetBoolean()))
        );
        Assert.Empty(page.GetProperty("toGrade").EnumerateArray());
    }

    [Fact]
    public async Task A_student_sees_their_newest_grades_and_an_instructor_sees_ungraded_work()
    {
        var (teacher, students) = (
            await api.CreateUserAsync("instructor"),
            new[] { await api.CreateUserAsync(), await api.CreateUserAsync(), await api.CreateUserAsync() }
        );
        var course = await api.CreateCourseAsync(teacher);
        foreach (var student in students)
            await api.EnrollAsync(student, course);
        var (waiting, grades) = (new Dictionary<string, int>(), new List<(string Title, double Grade)>());
        for (var i = 0; i < 4; i++)
        {
            var title = $"Scene {i}";
            var assignment = (await LearningFixture.PostAsync(teacher.Client, $"/api/courses/{course}/assignments", new { title })).Id();
            // Each assignment has one more submission. The first student's is graded, except for the last assignment.
            foreach (var (student, place) in students.Take(i).Select((student, place) => (student, place)))
            {
                var work = (
                    await LearningFixture.PostAsync(student.Client, $"/api/assignments/{assignment}/submissions", new { text = "Done" })
                ).Id();
                if (place > 0 || i == 3)
                {
                    waiting[title] = waiting.GetValueOrDefault(title) + 1;
                    continue;
                }
                (await teacher.Client.PutAsJsonAsync($"/api/submissions/{work}/grade", new { grade = 60 + i })).EnsureSuccessStatusCode();
                grades.Insert(0, (title, 60 + i));
            }
        }
        var page = await ReadAsync(students[0]);
        Assert.Equal(
            grades,
            page.GetProperty("grades")
                .EnumerateArray()
                .Select(item => (item.GetProperty("assignmentTitle").GetString()!, item.GetProperty("grade").GetDouble()))
        );
        Assert.Empty((await ReadAsync(students[1])).GetProperty("grades").EnumerateArray());
        var desk = await ReadAsync(teacher);
        Assert.True(Assert.Single(desk.GetProperty("courses").EnumerateArray()).GetProperty("owned").GetBoolean());
        Assert.Equal(
            waiting.OrderByDescending(item => item.Value).Select(item => (item.Key, item.Value)),
            desk.GetProperty("toGrade")
                .EnumerateArray()
                .Select(item => (item.GetProperty("title").GetString()!, item.GetProperty("waiting").GetInt32()))
        );
        Assert.Empty((await ReadAsync(await api.CreateUserAsync("instructor"))).GetProperty("toGrade").EnumerateArray());
    }

    [Fact]
    public async Task Open_to_dos_and_unread_messages_are_counted_and_the_first_due_are_listed()
    {
        var (student, other) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        var created = new List<(string Title, DateTimeOffset? Due, bool Done)>();
        for (var i = 0; i < 16; i++)
        {
            DateTimeOffset? due = i % 4 == 3 ? null : Now.AddDays((i * 7 % 11) - 5).AddMinutes(i);
            created.Add(($"Task {i}", due, i % 5 == 4));
            await LearningFixture.PostAsync(
                student.Client,
                "/api/todos",
                new
                {
                    title = $"Task {i}",
                    dueDate = due?.ToString("O", CultureInfo.InvariantCulture),
                    done = i % 5 == 4,
                }
            );
        }
        await LearningFixture.PostAsync(other.Client, "/api/todos", new { title = "Another's" });
        await AddMessagesAsync("lobby", other, 3);
        await AddMessagesAsync("lobby", student, 2);

        var page = await ReadAsync(student);
        var todos = page.GetProperty("todos");
        var open = created.Where(item => !item.Done).ToList();
        Assert.Equal(
            (open.Count, open.Count(item => item.Due < Now)),
            (todos.GetProperty("open").GetInt32(), todos.GetProperty("overdue").GetInt32())
        );
        Assert.Equal(
            open.OrderBy(item => item.Due ?? DateTimeOffset.MaxValue).Take(10).Select(item => item.Title),
            todos.GetProperty("next").EnumerateArray().Select(item => item.GetProperty("title").GetString())
        );
        var unread = page.GetProperty("unread");
        var rooms = (await student.Client.GetFromJsonAsync<JsonElement>("/api/rooms"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(room => room.GetProperty("unread").GetInt32())
            .ToList();
        Assert.True(rooms.Sum() >= 3);
        Assert.Equal(rooms.Sum(), unread.GetProperty("total").GetInt32());
        Assert.Equal("lobby", Assert.Single(unread.GetProperty("rooms").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_page_is_cached_and_every_write_that_it_shows_is_visible_at_once()
    {
        var (teacher, student) = (await api.CreateUserAsync("instructor"), await api.CreateUserAsync());
        await ReadAsync(student);
        var course = await api.CreateCourseAsync(teacher);
        await AssertCountAsync("courses", 1, () => api.EnrollAsync(student, course));
        var lecture = string.Empty;
        await AssertCountAsync(
            "nextLectures",
            1,
            async () =>
                lecture = (
                    await LearningFixture.PostAsync(
                        teacher.Client,
                        $"/api/courses/{course}/lectures",
                        new { title = "Soon", startsAt = Now.AddDays(1) }
                    )
                ).Id()
        );
        await AssertCountAsync("nextLectures", 0, () => teacher.Client.DeleteAsync($"/api/courses/{course}/lectures/{lecture}"));
        var assignment = string.Empty;
        await AssertCountAsync(
            "assignmentsDue",
            1,
            async () =>
                assignment = (
                    await LearningFixture.PostAsync(
                        teacher.Client,
                        $"/api/courses/{course}/assignments",
                        new { title = "A scene", dueAt = Now.AddDays(1) }
                    )
                ).Id()
        );
        var work = string.Empty;
        await AssertCountAsync(
            "assignmentsDue",
            0,
            async () =>
                work = (
                    await LearningFixture.PostAsync(student.Client, $"/api/assignments/{assignment}/submissions", new { text = "Done" })
                ).Id()
        );
        await AssertCountAsync("grades", 1, () => teacher.Client.PutAsJsonAsync($"/api/submissions/{work}/grade", new { grade = 90 }));
        await LearningFixture.PostAsync(student.Client, "/api/todos", new { title = "A task" });
        Assert.Equal(1, (await ReadAsync(student)).GetProperty("todos").GetProperty("open").GetInt32());
        await AssertCountAsync("courses", 0, () => teacher.Client.PostAsync($"/api/courses/{course}/archive", null));
        using var again = await student.Client.GetAsync("/api/dashboard");
        Assert.Equal("HIT", Assert.Single(again.Headers.GetValues("X-Cache")));
        Assert.True(again.Headers.CacheControl!.NoStore);

        async Task AssertCountAsync(string part, int count, Func<Task> write)
        {
            await write();
            Assert.Equal((part, count), (part, (await ReadAsync(student)).GetProperty(part).GetArrayLength()));
        }
    }

    private static Task<JsonElement> ReadAsync(Person person) => person.Client.GetFromJsonAsync<JsonElement>("/api/dashboard");

    /// <summary>Stores messages like the hub.</summary>
    private async Task AddMessagesAsync(string name, Person person, int count)
    {
        var (rooms, messages) = (
            api.Host.App.Services.GetRequiredService<RoomStore>(),
            api.Host.App.Services.GetRequiredService<ChatMessageStore>()
        );
        var room = await rooms.GetOrCreateAsync(name, null, [], default);
        var stored = await messages.AppendAsync(
            room.Id,
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new MessageDraft(person.Id, person.Name, $"Hello {i}", ObjectId.GenerateNewId().ToString())),
            ],
            null,
            default
        );
        await rooms.RecordLastMessageAsync(room.Id, stored[^1].Sequence, stored[^1].SentAt, default);
    }
}
