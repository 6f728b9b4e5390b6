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
            (await PostAsync(host, "/api/auth/login", user.Email, "wrong \\ufffe password")).StatusCode
        );
        var registered = await PostAsync(host, "/api/auth/register", TestUsers.NewEmail(), "curtain \\ufffe falls slowly");
        Assert.True((int)registered.StatusCode < 500, await registered.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/api/movies?q=%EF%BF%BE")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/api/movies?q=a%EF%BF%BEb")).StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(ServiceHost host, string path, string email, string password) =>
        host.Client.PostAsync(
            path,
            new StringContent(
                $$"""{"username":"Nobody","email":"{{email}}","password":"{{password}}"}""",
                Encoding.UTF8,
                "application/json"
            )
        );
}
