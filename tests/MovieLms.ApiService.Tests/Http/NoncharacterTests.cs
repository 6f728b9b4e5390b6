using System.Net;
using System.Text;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>U+FFFE is valid in JSON and UTF-8, but Unicode normalization throws on it.</summary>
public sealed class NoncharacterTests
{
    [Fact]
    public async Task U_FFFE_in_passwords_and_searches_causes_no_server_error()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        var user = await host.SignInStudentAsync();
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await PostAsync(host, "/api/auth/login", $$"""{"email":"{{user.Email}}","password":"wrong \ufffe password"}""")).StatusCode
        );
        var registered = await PostAsync(
            host,
            "/api/auth/register",
            $$"""{"username":"Nobody","email":"{{TestUsers.NewEmail()}}","password":"curtain \ufffe falls slowly"}"""
        );
        Assert.True((int)registered.StatusCode < 500, await registered.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/api/movies?search=%EF%BF%BE")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/api/movies?search=a%EF%BF%BEb")).StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(ServiceHost host, string path, string body) =>
        host.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
}
