using System.Net;
using System.Text.RegularExpressions;
using MovieLms.Web.Tests.Gateway;

namespace MovieLms.Web.Tests.Pages;

public sealed partial class PageTests
{
    [Fact]
    public async Task The_start_page_links_to_all_pages_and_uses_the_public_address()
    {
        var settings = new Dictionary<string, string?> { ["PublicUrl"] = "https://movielms.example/" };
        await using var gateway = await GatewayHost.StartAsync([], settings);
        using var response = await gateway.Client.GetAsync("/");
        var html = await response.Content.ReadAsStringAsync();
        foreach (var path in new[] { "/scalar", "/chat", "/jobs", "/api/schema/er?format=html", "/openapi/v1.json", "/health" })
            Assert.Contains($"href=\"{path}\"", html);
        Assert.Contains("curl https://movielms.example/api/auth/register", html);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotMatch(InlineStyle(), html);
    }

    [Fact]
    public async Task An_unknown_path_is_an_html_page_or_a_problem_document()
    {
        await using var gateway = await GatewayHost.StartAsync([]);
        Assert.Equal("text/html", await TypeAsync("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        Assert.Equal("application/problem+json", await TypeAsync("application/json"));
        Assert.Equal("application/problem+json", await TypeAsync("*/*"));
        Assert.Equal("application/problem+json", await TypeAsync(null));

        async Task<string?> TypeAsync(string? accept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
            if (accept is not null)
                request.Headers.Add("Accept", accept);
            using var response = await gateway.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            return response.Content.Headers.ContentType?.MediaType;
        }
    }

    [GeneratedRegex(" style=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineStyle();
}
