using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MovieLms.Web.Tests.Analytics;

public sealed partial class PipelinePageTests
{
    [Fact]
    public async Task The_editor_starts_with_the_pipeline_of_the_analytic()
    {
        await using var api = await AnalyticsApi.StartAsync();
        var (status, html) = await api.GetAsync("/analytics/top-rated/edit?limit=5");
        Assert.Equal(200, status);
        Assert.Contains("/api/analytics/top-rated/pipeline?limit=5", api.Requests);
        Assert.Contains("<textarea", html);
        Assert.Contains("[\n  { \"$match\": { \"title\": \"<b>&\" } },\n  { \"$limit\": 10 }\n]</textarea>", WebUtility.HtmlDecode(html));
        Assert.DoesNotContain("<b>", html);
        Assert.Contains("data-stages=\"$match\"", html);
    }

    [Fact]
    public async Task A_pipeline_is_run_and_flat_documents_are_a_table()
    {
        await using var api = await AnalyticsApi.StartAsync();
        api.Set("POST /api/analytics/pipeline", 200, """{"documents":[{"_id":"<u>Noir","count":2}],"truncated":true}""");
        var html = await PostAsync(api, "orders", "[ { \"$limit\": 1 } ]");
        using var sent = JsonDocument.Parse(api.Posted!);
        Assert.Equal("orders", sent.RootElement.GetProperty("collection").GetString());
        Assert.Equal(1, sent.RootElement.GetProperty("pipeline")[0].GetProperty("$limit").GetInt32());
        Assert.Matches("<th scope=\"row\"[^>]*>&lt;u&gt;Noir</th>", html);
        Assert.Contains("returned more", html);
        Assert.Matches("<option value=\"orders\" selected", html);
    }

    [Fact]
    public async Task Nested_documents_are_shown_as_JSON()
    {
        await using var api = await AnalyticsApi.StartAsync();
        api.Set("POST /api/analytics/pipeline", 200, """{"documents":[{"tags":["<u>"]}],"truncated":false}""");
        var html = await PostAsync(api, "movies", "[]");
        Assert.Contains("<span class=\"json-string\">&quot;&lt;u&gt;&quot;</span>", html);
    }

    [Fact]
    public async Task Errors_are_shown_beside_the_editor_and_the_text_is_kept()
    {
        await using var api = await AnalyticsApi.StartAsync();
        var html = await PostAsync(api, "movies", "[ { $match: 1 } ]");
        Assert.Null(api.Posted);
        Assert.Contains("look at line 1, column 5", html);
        Assert.Contains("[ { $match: 1 } ]</textarea>", html);

        api.Set(
            "POST /api/analytics/pipeline",
            400,
            """{"title":"Check the request","status":400,"errors":{"pipeline":["The stage $out is not allowed."]}}"""
        );
        html = await PostAsync(api, "movies", "[ { \"$out\": \"x\" } ]");
        Assert.Contains("id=\"field-pipeline-error\">The stage $out is not allowed.<", html);
    }

    [Theory]
    [InlineData("/analytics/playground")]
    [InlineData("/analytics/top-rated/edit")]
    public async Task Visitors_who_are_not_administrators_see_the_error_page(string path)
    {
        await using var api = await AnalyticsApi.StartAsync();
        api.Set("/api/analytics/pipeline", 403, """{"title":"Forbidden","status":403}""");
        var (status, html) = await api.GetAsync(path);
        Assert.Equal(403, status);
        Assert.DoesNotContain("<textarea", html);
    }

    private static async Task<string> PostAsync(AnalyticsApi api, string collection, string pipeline)
    {
        var (_, page) = await api.GetAsync("/analytics/playground");
        var fields = HiddenField().Matches(page);
        var form = fields.ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
        form["collection"] = collection;
        form["pipeline"] = pipeline;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/analytics/playground") { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("Accept", "text/html");
        using var response = await api.Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();
}
