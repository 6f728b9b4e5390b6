using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing.Processes;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Deprecated endpoints announce their end in responses, in OpenAPI and in <c>docs/versioning.md</c>.</summary>
public sealed class DeprecationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Even_an_error_of_a_deprecated_endpoint_has_the_headers()
    {
        using var response = await api.Anonymous.PostAsJsonAsync(
            "/api/auth/reset-password/x",
            new { newPassword = "dolly-zoom-on-the-pier-8" }
        );
        await response.AssertProblemAsync(400, "token");
        Assert.Equal("@1795910400", Assert.Single(response.Headers.GetValues("Deprecation")));
        Assert.Equal("Tue, 30 Nov 2027 00:00:00 GMT", Assert.Single(response.Headers.GetValues("Sunset")));
        Assert.Contains("</api/auth/reset-password>; rel=\"successor-version\"", response.Headers.GetValues("Link"));
    }

    [Fact]
    public async Task Its_successor_has_none()
    {
        using var response = await api.Anonymous.PostAsJsonAsync(
            "/api/auth/reset-password",
            new { token = "x", newPassword = "dolly-zoom-on-the-pier-8" }
        );
        await response.AssertProblemAsync(400, "token");
        Assert.False(response.Headers.Contains("Deprecation") || response.Headers.Contains("Sunset"));
    }

    [Fact]
    public async Task Everything_that_the_document_deprecates_is_in_the_policy_and_the_reverse()
    {
        using var document = JsonDocument.Parse(await api.Anonymous.GetStringAsync("/openapi/v1.json"));
        var deprecated = new List<string>();
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"`{operation.Name.ToUpperInvariant()} {path.Name}`";
                if (IsDeprecated(operation.Value))
                {
                    deprecated.Add(name);
                    var responses = operation.Value.GetProperty("responses").EnumerateObject().ToList();
                    Assert.All(responses, response => Assert.True(response.Value.GetProperty("headers").TryGetProperty("Sunset", out _)));
                }
                if (operation.Value.TryGetProperty("parameters", out var parameters))
                {
                    deprecated.AddRange(
                        parameters
                            .EnumerateArray()
                            .Where(IsDeprecated)
                            .Select(parameter => $"the parameter `{parameter.GetProperty("name").GetString()}` of {name}")
                    );
                }
            }
        }
        Assert.Equal(2, deprecated.Count);
        var page = await File.ReadAllLinesAsync(Repository.File("docs", "versioning.md"));
        foreach (var item in deprecated)
            Assert.Contains(page, line => line.StartsWith($"| {item} |", StringComparison.Ordinal));
        Assert.Equal(
            deprecated.Count,
            page.Count(line =>
                line.StartsWith("| `POST ", StringComparison.Ordinal) || line.StartsWith("| the parameter", StringComparison.Ordinal)
            )
        );
    }

    private static bool IsDeprecated(JsonElement declaration) =>
        declaration.TryGetProperty("deprecated", out var value) && value.GetBoolean();
}
