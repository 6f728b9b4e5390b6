using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class RefreshTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Refresh_gives_a_new_pair()
    {
        var user = await _host.SignInStudentAsync();
        var next = await Refresh(user.RefreshToken);
        Assert.NotEqual(user.RefreshToken, next);
        Assert.NotEqual(next, await Refresh(next!));
    }

    [Fact]
    public async Task A_refresh_sent_again_at_once_gets_the_same_successor()
    {
        var user = await _host.SignInStudentAsync();
        var first = await Refresh(user.RefreshToken);
        Assert.NotNull(first);
        Assert.Equal(first, await Refresh(user.RefreshToken));
    }

    [Fact]
    public async Task Twenty_parallel_refreshes_leave_one_live_family()
    {
        var user = await _host.SignInStudentAsync();
        var successors = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Refresh(user.RefreshToken)));
        Assert.Single(successors.Distinct());
        Assert.NotNull(await Refresh(successors[0]!));
    }

    [Fact]
    public async Task A_token_reused_after_its_successor_was_used_ends_the_family()
    {
        var user = await _host.SignInStudentAsync();
        var second = await Refresh(user.RefreshToken);
        var third = await Refresh(second!);
        Assert.Null(await Refresh(user.RefreshToken));
        Assert.Null(await Refresh(third!));
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ÄÖÜAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_made_up_refresh_token_is_refused(string token)
    {
        var answer = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token });
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest });
    }

    [Fact]
    public async Task An_access_token_is_no_refresh_token_and_the_other_way_round()
    {
        var user = await _host.SignInStudentAsync();
        Assert.Null(await Refresh(user.AccessToken[..43]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.NewClient(user.RefreshToken).GetAsync("/api/auth/me")).StatusCode);
    }

    private async Task<string?> Refresh(string token)
    {
        using var answer = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token });
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refreshToken").GetString();
    }
}
