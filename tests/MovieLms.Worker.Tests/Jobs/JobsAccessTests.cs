using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.Worker.Tests.Jobs;

/// <summary>Who sees the dashboard, and what others see.</summary>
public sealed class JobsAccessTests : IAsyncLifetime
{
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Worker });
        await JobsTests.StorageAsync(_host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("GET", "/jobs", "/jobs")]
    [InlineData("GET", "/jobs/recurring?from=0&count=10", "/jobs/recurring?from=0&count=10")]
    [InlineData("POST", "/jobs/recurring/trigger", "/jobs")]
    public async Task A_browser_that_is_not_signed_in_is_sent_to_the_sign_in_page(string method, string path, string returnUrl)
    {
        using var response = await SendAsync(new HttpMethod(method), path, null);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Another_role_gets_a_page_that_says_so()
    {
        using var response = await SendAsync(HttpMethod.Get, "/jobs", (await _host.SignInStudentAsync()).AccessToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("<h1>Only administrators can see the jobs</h1>", await response.Content.ReadAsStringAsync());
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task An_administrator_sees_the_dashboard_until_the_session_ends()
    {
        var admin = await _host.SignInAdminAsync();
        using (var response = await SendAsync(HttpMethod.Get, "/jobs", admin.AccessToken))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        (await admin.Client.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        using var after = await SendAsync(HttpMethod.Get, "/jobs", admin.AccessToken);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task A_program_gets_a_problem()
    {
        using var anonymous = await _host.Client.GetAsync("/jobs");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        using var student = await (await _host.SignInStudentAsync()).Client.GetAsync("/jobs");
        Assert.Equal(HttpStatusCode.Forbidden, student.StatusCode);
        Assert.Equal("application/problem+json", student.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_unknown_page_of_the_dashboard_returns_404()
    {
        using var admin = (await _host.SignInAdminAsync()).Client;
        foreach (var request in (HttpRequestMessage[])[new(HttpMethod.Get, "/jobs/none"), new(HttpMethod.Delete, "/jobs/sign-in")])
        {
            using var response = await admin.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task A_token_is_not_accepted_before_the_revocations_are_read()
    {
        var admin = await _host.SignInAdminAsync();
        await using var withoutRevocations = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api | Services.Worker,
                Name = _host.Name,
                Configure = services => services.AddSingleton<RevocationReader>((_, _) => throw new TimeoutException()),
            }
        );
        using var client = withoutRevocations.CreateClient(admin.AccessToken);
        using var response = await client.GetAsync("/jobs");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? accessToken)
    {
        using var browser = _host.CreateClient(accessToken);
        browser.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var request = new HttpRequestMessage(method, path);
        return await browser.SendAsync(request);
    }
}
