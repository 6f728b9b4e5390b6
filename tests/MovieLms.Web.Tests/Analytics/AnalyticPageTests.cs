using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;
using MovieLms.Web.Analytics;

namespace MovieLms.Web.Tests.Analytics;

public sealed partial class AnalyticPageTests
{
    [Fact]
    public async Task Titles_and_stages_are_escaped()
    {
        await using var api = await AnalyticsApi.StartAsync();
        api.Set(
            "/api/analytics/top-rated",
            200,
            """[{"id":"0123456789abcdef01234567","title":"<script>alert(1)</script> & \"co\"","rating":8.5,"ratingCount":1200}]"""
        );
        var (status, html) = await api.GetAsync("/analytics/top-rated");
        Assert.Equal(200, status);
        Assert.DoesNotContain("<script>alert", html);
        Assert.Contains(
            "<a href=\"/movies/0123456789abcdef01234567\">&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;co&quot;</a>",
            html
        );
        Assert.DoesNotContain("<b>", html);
        Assert.Contains("&quot;&lt;b&gt;&amp;&quot;", html);
        Assert.Contains("Keeps &quot;&lt;i&gt;&quot; only.", html);
        Assert.Contains(">1,200<", html);
        Assert.DoesNotMatch(Unsafe(), html);
        Assert.Single(Heading().Matches(html));
    }

    [Fact]
    public async Task Filters_of_the_address_reach_the_API_and_stay_in_the_form()
    {
        await using var api = await AnalyticsApi.StartAsync();
        var (_, html) = await api.GetAsync("/analytics/top-rated?minVotes=1%2B1&limit=&utm_source=mail&skip=5");
        Assert.Contains("/api/analytics/top-rated?minVotes=1%2B1&skip=5", api.Requests);
        Assert.Contains("/api/analytics/top-rated/pipeline?minVotes=1%2B1&skip=5", api.Requests);
        Assert.Matches("name=\"minVotes\"[^>]*value=\"1&#x2B;1\"|name=\"minVotes\"[^>]*value=\"1\\+1\"", html);
        Assert.Contains("/api/analytics/top-rated?minVotes=1%2B1&amp;skip=5", html);
        Assert.Contains("as of 12 seconds ago", html);
    }

    [Fact]
    public async Task Messages_of_the_API_are_shown_beside_the_filter()
    {
        await using var api = await AnalyticsApi.StartAsync();
        const string Problem = """{"title":"Check the request","status":400,"errors":{"limit":["The value must be between 1 and 100."]}}""";
        api.Set("/api/analytics/top-rated", 400, Problem);
        api.Set("/api/analytics/top-rated/pipeline", 400, Problem);
        var (status, html) = await api.GetAsync("/analytics/top-rated?limit=0");
        Assert.Equal(200, status);
        Assert.Matches("id=\"field-limit-error\">The value must be between 1 and 100.<", html);
        Assert.Matches("id=\"field-limit\"[^>]*value=\"0\"[^>]*aria-invalid=\"true\"", html);
    }

    [Fact]
    public async Task An_unknown_analytic_is_not_found()
    {
        await using var api = await AnalyticsApi.StartAsync();
        Assert.Equal(404, (await api.GetAsync("/analytics/nothing")).Status);
        Assert.Equal(404, (await api.GetAsync("/analytics/nothing/edit")).Status);
    }

    [Fact]
    public async Task The_overview_shows_the_charts_that_it_can_read()
    {
        await using var api = await AnalyticsApi.StartAsync();
        api.Set("/api/analytics/movies-by-year", 200, """[{"year":null,"count":1},{"year":1999,"count":2},{"year":2001,"count":5}]""");
        var (status, html) = await api.GetAsync("/analytics");
        Assert.Equal(200, status);
        foreach (var analytic in AnalyticCatalog.All)
            Assert.Equal(!analytic.IsForAdministrators, html.Contains($"href=\"{analytic.Href}\"", StringComparison.Ordinal));
        Assert.Contains("3 values, from 0 (2000) to 5 (2001).", html);
        Assert.Contains("not available right now", html);
        Assert.DoesNotContain("/analytics/playground", html);
        Assert.DoesNotMatch(Unsafe(), html);
    }

    [Fact]
    public async Task Analytics_of_orders_lead_visitors_to_the_sign_in_page()
    {
        await using var api = await AnalyticsApi.StartAsync();
        api.Set("/api/analytics/orders/by-status", 401, "{}");
        api.Set("/api/analytics/orders/by-status/pipeline", 401, "{}");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = api.Address };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        using var response = await client.GetAsync("/analytics/orders-by-status");
        Assert.Equal("/sign-in?returnUrl=%2Fanalytics%2Forders-by-status", response.Headers.Location?.ToString());
    }

    [Fact]
    public void Every_analytic_of_the_API_has_a_page_with_its_filters()
    {
        // The overview is made from other analytics, and courses have their own pages.
        string[] others = ["/api/analytics", "/api/analytics/report.pdf", "/api/analytics/report.csv", "/api/analytics/courses/{id}"];
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.File("openapi", "v1.json")));
        var declared = document
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .Where(path => path.Name.StartsWith("/api/analytics", StringComparison.Ordinal) && path.Value.TryGetProperty("get", out _))
            .Where(path => !path.Name.EndsWith("/pipeline", StringComparison.Ordinal) && !others.Contains(path.Name))
            .Select(path => $"{path.Name} {string.Join(' ', GetQueryNames(path.Value.GetProperty("get")).Order())}");
        var shown = AnalyticCatalog.All.Select(analytic =>
            $"{analytic.Path} {string.Join(' ', analytic.Filters.Select(filter => filter.Name).Order())}"
        );
        Assert.Equal(declared.Order(), shown.Order());
    }

    private static IEnumerable<string> GetQueryNames(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                .Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];

    [GeneratedRegex(" style=|<style|javascript:| on[a-z]+=", RegexOptions.IgnoreCase)]
    private static partial Regex Unsafe();

    [GeneratedRegex("<h1")]
    private static partial Regex Heading();
}
