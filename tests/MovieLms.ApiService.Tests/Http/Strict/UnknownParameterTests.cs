using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Http.Strict;

namespace MovieLms.ApiService.Tests.Http.Strict;

/// <summary>Query parameters that an endpoint does not have are rejected; all that it has are known.</summary>
public sealed partial class UnknownParameterTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/api/movies?serach=x", "serach", "\"serach\" is not a parameter of this request. Did you mean \"search\"?")]
    [InlineData("/api/movies?Genres=Drama", "Genres", "\"Genres\" is not a parameter of this request. Did you mean \"genre\"?")]
    [InlineData("/api/analytics/top-rated?page=2", "page", "\"page\" is not a parameter of this request. It can be limit, minVotes, skip.")]
    [InlineData("/api/analytics/ratings-by-genre?x=1", "x", "\"x\" is not a parameter of this request. It has none.")]
    [InlineData("/api/movies?limit=5&%73erach=x", "serach", "\"serach\" is not a parameter of this request. Did you mean \"search\"?")]
    [InlineData("/api/movies?=5", "(empty)", "\"(empty)\" is not a parameter of this request.")]
    [InlineData("/api/movies?limit[$gt]=5", "limit[$gt]", "\"limit[$gt]\" is not a parameter of this request.")]
    public async Task An_unknown_parameter_returns_400_with_a_suggestion(string url, string name, string message)
    {
        using var response = await api.Anonymous.GetAsync(url);
        await response.AssertProblemAsync(400, name);
        var errors = (await response.JsonAsync()).GetProperty("errors");
        Assert.StartsWith(message, Assert.Single(errors.GetProperty(name).EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_unknown_parameters_are_reported_up_to_a_limit()
    {
        using var two = await api.Anonymous.GetAsync("/api/movies?serach=x&limt=1&genre=Drama");
        var errors = (await two.JsonAsync()).GetProperty("errors").EnumerateObject().Select(error => error.Name);
        Assert.Equal(["limt", "serach"], errors.Order());
        using var many = await api.Anonymous.GetAsync("/api/movies?" + string.Join('&', Enumerable.Range(0, 200).Select(i => $"p{i}=1")));
        Assert.Equal(20, (await many.JsonAsync()).GetProperty("errors").EnumerateObject().Count());
    }

    [Fact]
    public async Task A_cached_list_rejects_an_unknown_parameter_too()
    {
        using var student = api.Student();
        foreach (var url in new[] { "/api/movies", "/api/todos", "/api/enrollments", "/api/analytics", "/api/dashboard" })
        {
            (await student.GetAsync(url)).EnsureSuccessStatusCode();
            using var cached = await student.GetAsync(url);
            Assert.Equal("HIT", Assert.Single(cached.Headers.GetValues("X-Cache")));
            await (await student.GetAsync($"{url}?unknown=1")).AssertProblemAsync(400, "unknown");
        }
    }

    [Theory]
    [InlineData("/api/movies?LIMIT=1&Sort=-title")]
    [InlineData("/api/movies?")]
    [InlineData("/api/movies?&&")]
    [InlineData("/health?verbose=1")]
    [InlineData("/openapi/v1.json?v=1")]
    public async Task Known_names_in_any_case_and_paths_outside_the_api_are_accepted(string url) =>
        Assert.Equal(HttpStatusCode.OK, (await api.Anonymous.GetAsync(url)).StatusCode);

    [Fact]
    public async Task A_mailed_link_ignores_unknown_parameters() =>
        Assert.Equal(HttpStatusCode.NotFound, (await api.Anonymous.GetAsync("/api/mail/unsubscribe/x?utm_source=mail")).StatusCode);

    [Fact]
    public async Task Every_documented_parameter_is_known_and_every_endpoint_rejects_others()
    {
        using var admin = api.Admin();
        var paths = JsonDocument.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json")).RootElement.GetProperty("paths");
        var (faults, count) = (new List<string>(), 0);
        foreach (var (method, path, operation) in Operations(paths))
        {
            var url = Parameter().Replace(path, ObjectId.GenerateNewId().ToString());
            if (!path.StartsWith("/api/", StringComparison.Ordinal))
                continue;
            var names = operation.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Where(IsQuery).Select(parameter => parameter.GetProperty("name").GetString()!).ToList()
                : [];
            count += names.Count;
            var query = string.Join('&', names.Append("nope").Select(name => $"{name}=1"));
            using var request = new HttpRequestMessage(new HttpMethod(method), $"{url}?{query}");
            using var response = await admin.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (!operation.GetProperty("responses").TryGetProperty("400", out _))
                faults.Add($"{method} {path} does not declare 400");
            if (path.StartsWith("/api/mail/", StringComparison.Ordinal))
                continue;
            if ((int)response.StatusCode != 400 || !IsOnlyError(text, "nope"))
                faults.Add($"{method} {path}?{query}: {(int)response.StatusCode} {text}");
        }
        Assert.Empty(faults);
        Assert.True(count > 50, $"only {count} parameters");
    }

    /// <summary>A custom binder reads what it likes, so it must declare the names.</summary>
    [Fact]
    public void Custom_binders_declare_the_names_that_they_read()
    {
        var undeclared = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Where(endpoint =>
                endpoint.Metadata.OfType<IParameterBindingMetadata>().Any(parameter => parameter.HasBindAsync)
                && endpoint.Metadata.GetMetadata<QueryNames>() is null
            );
        Assert.Empty(undeclared.Select(endpoint => endpoint.DisplayName));
    }

    [Fact]
    public void Accepting_a_query_allocates_nothing()
    {
        var movies = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == "listMovies");
        var parameters = QueryParameters.Of(movies);
        const string Query = "?search=god&genre=Drama&sort=-rating&limit=5";
        for (var i = 0; i < 100; i++)
            Assert.True(parameters.Accepts(Query));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            parameters.Accepts(Query);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IEnumerable<(string Method, string Path, JsonElement Operation)> Operations(JsonElement paths) =>
        paths
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject().Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value))
            );

    private static bool IsOnlyError(string problem, string name) =>
        JsonDocument.Parse(problem).RootElement.TryGetProperty("errors", out var errors)
        && errors.EnumerateObject().Select(error => error.Name).ToList() is [var only]
        && only == name;

    private static bool IsQuery(JsonElement parameter) => parameter.GetProperty("in").GetString() == "query";

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
