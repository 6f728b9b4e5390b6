using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.ApiService.Versions;

namespace MovieLms.ApiService.Tests.Versions;

public sealed class VersionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Anyone_can_read_the_name_version_and_commit_and_nothing_else()
    {
        var version = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/version");
        Assert.Equal(["name", "version", "commit"], version.EnumerateObject().Select(member => member.Name));
        Assert.Equal("MovieLms", version.GetProperty("name").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", version.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("1.2.0-beta.1+8f3e21", "1.2.0-beta.1", "8f3e21")]
    [InlineData("1.2.0", "1.2.0", null)]
    [InlineData(null, "0.0.0", null)]
    public void The_commit_follows_the_plus_sign(string? text, string version, string? commit)
    {
        var parsed = VersionEndpoint.Parse(text);
        Assert.Equal((version, commit), (parsed.Version, parsed.Commit));
    }
}
