using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Chat;

namespace MovieLms.ApiService.Tests.Rooms;

public sealed class PeopleTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task People_are_those_who_share_a_course_and_can_receive_direct_messages()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (other, otherOwner) = await api.CreateCourseAsync();
        var (me, classmate, withdrawn, stranger, archived, coTeacher) = (
            await api.CreateUserAsync(name: "Me"),
            await api.CreateUserAsync(name: "Agnès Varda"),
            await api.CreateUserAsync(),
            await api.CreateUserAsync(),
            await api.CreateUserAsync(),
            await api.CreateUserAsync("instructor", "Student too")
        );
        foreach (var student in new[] { me, classmate, withdrawn, archived, coTeacher })
        {
            var enrollment = await api.EnrollAsync(student, course);
            if (student == withdrawn)
                (await student.Client.DeleteAsync($"/api/enrollments/{enrollment}")).EnsureSuccessStatusCode();
        }
        await api.EnrollAsync(stranger, other);
        using var admin = api.Admin();
        (await admin.PostAsync($"/api/users/{archived.Id}/archive", null)).EnsureSuccessStatusCode();

        AssertPeople([owner, classmate, coTeacher], await PeopleAsync(me));
        AssertPeople([me, classmate, coTeacher], await PeopleAsync(owner));
        AssertPeople([stranger], await PeopleAsync(otherOwner));
        AssertPeople([otherOwner], await PeopleAsync(stranger));
        Assert.Empty(await PeopleAsync(withdrawn));
        Assert.Empty(await PeopleAsync(await api.CreateUserAsync()));

        // The hub accepts direct messages to each of them.
        var access = api.Host.App.Services.GetRequiredService<DirectRoomAccess>();
        foreach (var person in await PeopleAsync(me))
        {
            var rights = await access.GetAsync(me.Id, me.Id, ObjectId.Parse(person.Id()), default);
            Assert.True(rights is { MayRead: true, MayWrite: true });
        }
        (await owner.Client.PostAsync($"/api/courses/{course}/archive", null)).EnsureSuccessStatusCode();
        Assert.Empty(await PeopleAsync(me));
    }

    [Fact]
    public async Task A_search_compares_words_of_names_and_the_response_has_no_address()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (me, agnes) = (await api.CreateUserAsync(), await api.CreateUserAsync(name: "Agnès Varda"));
        await api.EnrollAsync(me, course);
        await api.EnrollAsync(agnes, course);
        foreach (var search in new[] { "agnes", "VAR", "varda ag", "Agnès" })
            AssertPeople([agnes], await PeopleAsync(me, $"?search={Uri.EscapeDataString(search)}"));
        foreach (var search in new[] { "nope", "agnes nope", "gnes", "!", agnes.Email })
            Assert.Empty(await PeopleAsync(me, $"?search={Uri.EscapeDataString(search)}"));
        var person = Assert.Single(await PeopleAsync(me, "?search=varda"));
        Assert.Equal(["id", "name", "room"], person.EnumerateObject().Select(member => member.Name));
        string[] ids = [me.Id.ToString(), agnes.Id.ToString()];
        Array.Sort(ids, StringComparer.Ordinal);
        Assert.Equal($"dm:{ids[0]}:{ids[1]}", person.GetProperty("room").GetString());
        await (await me.Client.GetAsync($"/api/rooms/people?search={new string('x', 201)}")).AssertProblemAsync(400, "search");
        await (await me.Client.GetAsync("/api/rooms/people?cursor=x")).AssertProblemAsync(400, "cursor");
        Assert.True((await me.Client.GetAsync("/api/rooms/people")).Headers.CacheControl!.NoStore);
        AssertPeople([me, agnes], await PeopleAsync(owner));
    }

    [Fact]
    public async Task Pages_contain_each_person_once_even_with_several_shared_courses()
    {
        var (first, owner) = await api.CreateCourseAsync();
        var second = await api.CreateCourseAsync(owner);
        var students = new List<Person>();
        for (var i = 0; i < 7; i++)
        {
            students.Add(await api.CreateUserAsync());
            await api.EnrollAsync(students[i], first);
            await api.EnrollAsync(students[i], second);
        }
        var listed = await LearningFixture.ReadAllAsync(students[3].Client, "/api/rooms/people", limit: 2);
        Assert.Equal(
            students
                .Append(owner)
                .Where(person => person != students[3])
                .Select(person => person.Id.ToString())
                .Order(StringComparer.Ordinal),
            listed.Select(person => person.Id())
        );
    }

    private static async Task<List<JsonElement>> PeopleAsync(Person person, string query = "") =>
        [.. (await person.Client.GetFromJsonAsync<JsonElement>($"/api/rooms/people{query}")).GetProperty("items").EnumerateArray()];

    private static void AssertPeople(Person[] expected, List<JsonElement> people) =>
        Assert.Equal(
            expected.Select(person => (person.Id.ToString(), person.Name)).Order(),
            people.Select(person => (person.Id(), person.GetProperty("name").GetString()!))
        );
}
