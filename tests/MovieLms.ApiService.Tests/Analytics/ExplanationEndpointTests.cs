using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.ApiService.Tests.Analytics;

public sealed class ExplanationEndpointTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    /// <summary>The overview and the reports are made from other analytics.</summary>
    private static readonly string[] Composed = ["/api/analytics", "/api/analytics/report.pdf", "/api/analytics/report.csv"];

    [Fact]
    public async Task Every_analytic_has_a_pipeline_with_an_explanation_of_each_stage()
    {
        var paths = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/'))
            .Where(path =>
                path.StartsWith("/api/analytics", StringComparison.Ordinal) && !path.EndsWith("/pipeline", StringComparison.Ordinal)
            )
            .Except(Composed)
            .ToList();
        Assert.Contains("/api/analytics/orders/by-status", paths);
        using var admin = api.Admin();
        foreach (var path in paths.Where(path => !path.Contains('{', StringComparison.Ordinal)))
        {
            var explanation = await admin.GetFromJsonAsync<JsonElement>(path + "/pipeline");
            var pipeline = Assert.Single(explanation.GetProperty("pipelines").EnumerateArray());
            var stages = pipeline.GetProperty("stages").EnumerateArray().ToList();
            Assert.NotEmpty(stages);
            Assert.All(
                stages,
                stage =>
                {
                    Assert.StartsWith("$", Assert.Single(stage.GetProperty("stage").EnumerateObject()).Name, StringComparison.Ordinal);
                    Assert.NotEqual("", stage.GetProperty("explanation").GetString());
                }
            );
        }
    }

    [Fact]
    public async Task Parameters_of_the_analytic_are_part_of_the_stages()
    {
        var stages = await GetStagesAsync("/api/analytics/top-rated/pipeline?skip=3&limit=5&minVotes=70");
        Assert.Equal(70, stages[0].GetProperty("$match").GetProperty("ratingCount").GetProperty("$gte").GetInt32());
        Assert.Equal(3, stages[2].GetProperty("$skip").GetInt32());
        Assert.Equal(5, stages[3].GetProperty("$limit").GetInt32());
        stages = await GetStagesAsync("/api/analytics/rating-buckets/pipeline?boundaries=0,2.5,7");
        Assert.Equal("[0,2.5,7]", stages[1].GetProperty("$bucket").GetProperty("boundaries").GetRawText());
        stages = await GetStagesAsync("/api/analytics/facets/pipeline?genre=N%C3%B6ir");
        Assert.Equal("noir", stages[0].GetProperty("$match").GetProperty("genreKey").GetString());
    }

    [Fact]
    public async Task A_list_that_is_cut_from_the_longest_one_shows_the_pipeline_of_the_longest_one()
    {
        var stages = await GetStagesAsync("/api/analytics/top-rated/pipeline?limit=5");
        Assert.Equal(100, stages[3].GetProperty("$limit").GetInt32());
    }

    [Fact]
    public async Task A_search_without_words_has_no_pipeline()
    {
        var explanation = await api.Anonymous.GetFromJsonAsync<JsonElement>("/api/analytics/facets/pipeline?search=!");
        Assert.Equal(0, explanation.GetProperty("pipelines").GetArrayLength());
    }

    [Theory]
    [InlineData("/api/analytics/nothing/pipeline", 404, null)]
    [InlineData("/api/analytics/top-rated/pipeline?limit=0", 400, "limit")]
    [InlineData("/api/analytics/reviewers/pipeline?limit=51", 400, "limit")]
    [InlineData("/api/analytics/rating-buckets/pipeline?boundaries=5,1", 400, "boundaries")]
    [InlineData("/api/analytics/movies-by-year/pipeline?genre=Noir", 400, "genre")]
    [InlineData("/api/analytics/orders/nothing/pipeline", 404, null)]
    [InlineData("/api/analytics/orders/by-customer/pipeline?status=lost", 400, "status")]
    [InlineData("/api/analytics/orders/by-customer/pipeline?limit=1001", 400, "limit")]
    [InlineData("/api/analytics/orders/by-status/pipeline?limit=5", 400, "limit")]
    [InlineData("/api/analytics/courses/0123456789abcdef01234567/pipeline", 404, null)]
    public async Task Unknown_analytics_and_wrong_parameters_are_rejected(string path, int status, string? field)
    {
        using var admin = api.Admin();
        using var response = await admin.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        if (field is not null)
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
        }
    }

    [Fact]
    public async Task A_shown_pipeline_can_be_run_as_an_ad_hoc_pipeline()
    {
        using var admin = api.Admin();
        foreach (var path in new[] { "top-rated", "facets", "reviewers", "orders/by-customer", "orders/users" })
        {
            var explanation = await admin.GetFromJsonAsync<JsonElement>($"/api/analytics/{path}/pipeline");
            var pipeline = explanation.GetProperty("pipelines")[0];
            using var response = await admin.PostAsJsonAsync(
                "/api/analytics/pipeline",
                new
                {
                    collection = pipeline.GetProperty("collection").GetString(),
                    pipeline = pipeline.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage")),
                }
            );
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task The_rules_list_collections_with_their_visible_fields_and_the_allowed_names()
    {
        using var admin = api.Admin();
        var rules = await admin.GetFromJsonAsync<JsonElement>("/api/analytics/pipeline");
        var fields = rules
            .GetProperty("collections")
            .EnumerateArray()
            .ToDictionary(
                collection => collection.GetProperty("name").GetString()!,
                collection => collection.GetProperty("fields").EnumerateArray().Select(field => field.GetString()).ToList()
            );
        Assert.Contains("director.name", fields["movies"]);
        Assert.DoesNotContain("genreKey", fields["movies"]);
        Assert.Equal(["_id", "username", "role", "createdAt", "archivedAt"], fields["users"]);
        Assert.All(fields.Values, Assert.NotEmpty);
        Assert.Contains("$group", rules.GetProperty("stages").EnumerateArray().Select(stage => stage.GetString()));
        Assert.Contains("$avg", rules.GetProperty("operators").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(1_000, rules.GetProperty("maxDocuments").GetInt32());
    }

    private async Task<List<JsonElement>> GetStagesAsync(string path)
    {
        var explanation = await api.Anonymous.GetFromJsonAsync<JsonElement>(path);
        return
        [
            .. explanation.GetProperty("pipelines")[0].GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage")),
        ];
    }
}
