using MovieLms.Testing;
using MovieLms.Testing.Docs;

namespace MovieLms.ApiService.Tests.Docs;

/// <summary>Sends the requests of the pages in docs/learn, in order, and compares the responses with the pages.</summary>
public sealed class LearnPageTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Data_modeling_page_matches_the_api()
    {
        var (student, instructor, admin) = (
            await api.Host.SignInStudentAsync(),
            await api.Host.SignInInstructorAsync(),
            await api.Host.SignInAdminAsync()
        );
        var page = DocPage.Read("docs/learn/data-modelling.md");
        Assert.True(page.Requests.Count > 20);
        await page.RunAsync(
            api.Anonymous,
            new Dictionary<string, string>
            {
                ["student"] = student.AccessToken,
                ["studentId"] = student.Id,
                ["instructor"] = instructor.AccessToken,
                ["admin"] = admin.AccessToken,
            }
        );
    }

    [Fact]
    public async Task Authentication_page_matches_the_api()
    {
        var page = DocPage.Read("docs/learn/authentication.md");
        Assert.True(page.Requests.Count >= 6);
        await page.RunAsync(api.Anonymous, new Dictionary<string, string>());
    }

    [Fact]
    public async Task Aggregation_page_matches_an_empty_installation()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        var (student, admin) = (await host.SignInStudentAsync(), await host.SignInAdminAsync());
        var page = DocPage.Read("docs/learn/aggregation.md");
        Assert.True(page.Requests.Count > 20);
        await page.RunAsync(
            host.Client,
            new Dictionary<string, string> { ["student"] = student.AccessToken, ["admin"] = admin.AccessToken }
        );
    }
}
