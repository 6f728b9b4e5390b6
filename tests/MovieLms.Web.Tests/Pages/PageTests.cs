using System.Net;
using System.Text.RegularExpressions;
using MovieLms.Web.Tests.Gateway;

namespace MovieLms.Web.Tests.Pages;

public sealed partial class PageTests
{
    [Fact]
    public async Task A_page_loads_only_its_own_files_and_has_landmarks()
    {
        await using var gateway = await GatewayHost.StartAsync([]);
        using var response = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync();
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotMatch(InlineStyle(), html);
        Assert.DoesNotMatch(InlineScript(), html);
        Assert.DoesNotContain("_framework", html);
        foreach (var landmark in new[] { "<header class=\"site-header\"", "<nav ", "<main ", "<footer ", "href=\"#main\"" })
            Assert.Contains(landmark, html);
        Assert.Single(Heading().Matches(html));
        Assert.Contains("href=\"/sign-in\"", html);
    }

    [Fact]
    public async Task Assets_are_cached_forever_and_compressed()
    {
        await using var gateway = await GatewayHost.StartAsync([]);
        var path = StyleSheet().Match(await gateway.Client.GetStringAsync("/")).Groups["path"].Value;
        using var plain = await gateway.Client.GetAsync(path);
        Assert.Equal("text/css", plain.Content.Headers.ContentType!.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", plain.Headers.CacheControl!.ToString());
        var length = (await plain.Content.ReadAsByteArrayAsync()).Length;

        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "gzip, br" } } };
        using var compressed = await gateway.Client.SendAsync(request);
        Assert.Equal(["br"], compressed.Content.Headers.ContentEncoding);
        Assert.True((await compressed.Content.ReadAsByteArrayAsync()).Length < length / 2);

        using var known = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { plain.Headers.ETag! } } };
        using var unchanged = await gateway.Client.SendAsync(known);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var old = await gateway.Client.GetAsync("/assets/0000000000000000/app.css");
        Assert.Equal("no-cache", old.Headers.CacheControl!.ToString());
        using var unknown = await gateway.Client.GetAsync(path.Replace("app.css", "none.css"));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused_with_a_page()
    {
        await using var gateway = await GatewayHost.StartAsync([]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("Accept", "text/html");
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("This form has expired", await response.Content.ReadAsStringAsync());
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

    [GeneratedRegex(" style=|<style", RegexOptions.IgnoreCase)]
    private static partial Regex InlineStyle();

    [GeneratedRegex("<script(?! type=\"module\" src=\"/assets/)| on[a-z]+=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineScript();

    [GeneratedRegex("<h1")]
    private static partial Regex Heading();

    [GeneratedRegex("href=\"(?<path>/assets/[0-9a-f]{16}/app\\.css)\"")]
    private static partial Regex StyleSheet();
}
