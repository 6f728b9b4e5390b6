using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class RefreshTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private readonly ServiceHost _host = fixture.Host;

    [Fact]
    public async Task Refresh_returns_a_new_token()
    {
        var user = await _host.SignInStudentAsync();
        var next = await RefreshAsync(user.RefreshToken);
        Assert.NotEqual(user.RefreshToken, next);
        Assert.NotEqual(next, await RefreshAsync(next!));
    }

    [Fact]
    public async Task A_refresh_repeated_at_once_returns_the_same_successor()
    {
        var user = await _host.SignInStudentAsync();
        var first = await RefreshAsync(user.RefreshToken);
        Assert.NotNull(first);
        Assert.Equal(first, await RefreshAsync(user.RefreshToken));
    }

    [Fact]
    public async Task Twenty_parallel_refreshes_return_one_valid_successor()
    {
        var user = await _host.SignInStudentAsync();
        var successors = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(user.RefreshToken)));
        Assert.Single(successors.Distinct());
        Assert.NotNull(await RefreshAsync(successors[0]!));
    }

    [Fact]
    public async Task Reuse_of_a_token_after_its_successor_was_used_ends_the_session()
    {
        var user = await _host.SignInStudentAsync();
        var second = await RefreshAsync(user.RefreshToken);
        var third = await RefreshAsync(second!);
        Assert.Null(await RefreshAsync(user.RefreshToken));
        Assert.Null(await RefreshAsync(third!));
        Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ÄÖÜAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_forged_refresh_token_is_rejected(string token)
    {
        var response = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token });
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest });
    }

    [Fact]
    public async Task Access_and_refresh_tokens_are_not_interchangeable()
    {
        var user = await _host.SignInStudentAsync();
        Assert.Null(await RefreshAsync(user.AccessToken[..43]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.CreateClient(user.RefreshToken).GetAsync("/api/auth/me")).StatusCode);
    }

    private async Task<string?> RefreshAsync(string token)
    {
        using var response = await _host.Client.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = token });
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return null;
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refreshToken").GetString();
    }
}
