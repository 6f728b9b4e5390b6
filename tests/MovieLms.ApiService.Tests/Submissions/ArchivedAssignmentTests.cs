using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Application.Cascades;
using MovieLms.Data.Storage;

namespace MovieLms.ApiService.Tests.Submissions;

/// <summary>An assignment is read-only while it or its course is archived.</summary>
public sealed class ArchivedAssignmentTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Theory]
    [InlineData("assignment")]
    [InlineData("course")]
    public async Task Changes_submissions_and_grades_return_409_until_it_is_restored(string archived)
    {
        var (course, owner) = await api.CreateCourseAsync();
        var (student, idle) = (await api.CreateUserAsync(), await api.CreateUserAsync());
        foreach (var person in new[] { student, idle })
            await api.EnrollAsync(person, course);
        var path = $"/api/courses/{course}/assignments";
        var assignment = (await LearningFixture.PostAsync(owner.Client, path, new { title = "A scene" })).Id();
        var work = (
            await LearningFixture.PostAsync(student.Client, $"/api/assignments/{assignment}/submissions", new { text = "Done" })
        ).Id();
        var cascades = api.Host.App.Services.GetRequiredService<CascadeOperations>();
        var root = ObjectId.Parse(archived == "course" ? course : assignment);
        Assert.Equal(WriteStatus.Done, await cascades.ArchiveAsync(archived, root, owner.Id, null, default));

        await (await owner.Client.PutAsJsonAsync($"{path}/{assignment}", new { title = "Another" })).AssertProblemAsync(409);
        await (await owner.Client.DeleteAsync($"{path}/{assignment}")).AssertProblemAsync(409);
        await (await owner.Client.PutAsJsonAsync($"/api/submissions/{work}/grade", new { grade = 50 })).AssertProblemAsync(409);
        Assert.Equal("A scene", (await (await owner.Client.GetAsync($"{path}/{assignment}")).JsonAsync()).GetProperty("title").GetString());
        Assert.Equal(archived == "course" ? 1 : 0, (await LearningFixture.ReadAllAsync(owner.Client, path)).Count);
        Assert.Single(await LearningFixture.ReadAllAsync(owner.Client, path + "?archived=true"));
        Assert.Empty(await LearningFixture.ReadAllAsync(owner.Client, path + "?archived=false"));
        if (archived == "assignment")
        {
            await (
                await idle.Client.PostAsJsonAsync($"/api/assignments/{assignment}/submissions", new { text = "Late" })
            ).AssertProblemAsync(409);
            await (
                await student.Client.PostAsJsonAsync($"/api/assignments/{assignment}/submissions", new { text = "Again" })
            ).AssertProblemAsync(409);
            await LearningFixture.PostAsync(owner.Client, path, new { title = "Beside it" });
        }

        Assert.Equal(WriteStatus.Done, await cascades.RestoreAsync(archived, root, owner.Id, default));
        await LearningFixture.PostAsync(idle.Client, $"/api/assignments/{assignment}/submissions", new { text = "In time" });
        (await owner.Client.PutAsJsonAsync($"/api/submissions/{work}/grade", new { grade = 50 })).EnsureSuccessStatusCode();
        (await owner.Client.DeleteAsync($"{path}/{assignment}")).EnsureSuccessStatusCode();
    }
}
