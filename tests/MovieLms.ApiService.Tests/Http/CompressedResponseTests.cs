using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Lists, exports, analytics and the API document are compressed. Nothing else is, because of BREACH.</summary>
public sealed class CompressedResponseTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private static readonly string[] OwnLists = ["/api/auth/me/favorites", "/api/auth/me/reviews"];

    [Fact]
    public void Only_lists_exports_analytics_and_the_API_document_opt_in()
    {
        var paths = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<CompressedResponse>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/'))
            .ToList();
        Assert.Contains("/openapi/v1.json", paths);
        foreach (var list in new[] { "/api/movies", "/api/todos", "/api/enrollments", "/api/users", "/api/rooms", "/api/notifications" })
            Assert.Contains(list, paths);
        foreach (var export in new[] { "/api/imports/{id}/errors.csv", "/api/analytics/report.csv", "/api/analytics/facets" })
            Assert.Contains(export, paths);
        // Neither tokens nor the caller's account, single documents or files that are already compressed.
        Assert.DoesNotContain(paths, path => path.StartsWith("/api/auth", StringComparison.Ordinal) && !OwnLists.Contains(path));
        Assert.DoesNotContain("/.well-known/jwks.json", paths);
        Assert.DoesNotContain(paths, path => path.EndsWith(".pdf", StringComparison.Ordinal));
        Assert.DoesNotContain("/api/dashboard", paths);
        var results = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<CompressedResponse>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.OfType<System.Reflection.MethodInfo>())
            .Select(handler => handler.ReturnType.ToString())
            .ToList();
        Assert.True(results.Count > 30, $"{results.Count}");
        Assert.DoesNotContain(
            results,
            result =>
                result.Contains(nameof(Versioned<>), StringComparison.Ordinal)
                || result.Contains(nameof(CachedVersion<>), StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Long_lists_are_compressed_cached_or_not(string coding)
    {
        for (var i = 0; i < 20; i++)
            await api.AddMovieAsync(new { title = $"Compressed {coding} {i}" });
        foreach (var path in new[] { "/api/movies", "/api/movies", "/api/movies?search=compressed", "/openapi/v1.json" })
        {
            var plain = await api.Anonymous.GetByteArrayAsync(path);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept-Encoding", coding);
            using var response = await api.Anonymous.SendAsync(request);
            Assert.Equal([coding], response.Content.Headers.ContentEncoding);
            Assert.Contains("Accept-Encoding", response.Headers.Vary);
            Assert.True((await response.Content.ReadAsByteArrayAsync()).Length < plain.Length / 2, path);
        }
    }

    [Fact]
    public async Task A_single_document_is_not_compressed()
    {
        using var student = api.Student();
        var todo = await LearningFixture.PostAsync(student, "/api/todos", new { title = "A task", description = new string('x', 2_000) });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/todos/{todo.Id()}");
        request.Headers.Add("Accept-Encoding", "br, gzip");
        using var response = await student.SendAsync(request);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.DoesNotContain("Accept-Encoding", response.Headers.Vary);
    }

    [Fact]
    public async Task Scripts_of_allowed_origins_can_read_every_documented_header()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?> { ["Cors:Origins:0"] = "https://movies.example" },
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.Add("Origin", "https://movies.example");
        using var response = await host.Client.SendAsync(request);
        var exposed = response.Headers.GetValues("Access-Control-Expose-Headers").SelectMany(value => value.Split(',')).ToHashSet();
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var documented = document
            .RootElement.GetProperty("components")
            .GetProperty("headers")
            .EnumerateObject()
            .Select(header => header.Name);
        Assert.DoesNotContain(documented, name => !exposed.Contains(name));
    }
}
