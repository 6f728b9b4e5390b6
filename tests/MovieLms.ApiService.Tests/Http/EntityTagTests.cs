using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.ServiceDefaults.Http;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Entity tags have one shape, and conditions follow RFC 9110, section 13.1.</summary>
public sealed partial class EntityTagTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public async Task Every_ETag_has_the_documented_shape_and_returns_304()
    {
        var (faults, count) = (new List<string>(), 0);
        foreach (var read in await ReadWalk.CreateAsync(api))
        {
            using var first = await read.Client.GetAsync(read.Path);
            if (first.Headers.ETag is not { } etag || read.Path.StartsWith("/scalar", StringComparison.Ordinal))
                continue;
            count++;
            if (!Shape().IsMatch(etag.ToString()))
                faults.Add($"{read}: {etag}");
            foreach (var condition in new[] { etag.Tag, $"W/{etag.Tag}", $"\"other\", {etag.Tag}", "*" })
            {
                using var again = await GetAsync(read, condition);
                if (again.StatusCode != HttpStatusCode.NotModified || again.Headers.ETag?.Tag != etag.Tag)
                    faults.Add($"{read}: {(int)again.StatusCode} {again.Headers.ETag} for If-None-Match: {condition}");
            }
            using var other = await GetAsync(read, "\"other\"");
            if (other.StatusCode != first.StatusCode)
                faults.Add($"{read}: {(int)other.StatusCode} for another tag");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(count > 25, $"{count}");
    }

    [Fact]
    public async Task Every_item_of_a_list_has_the_version_that_its_document_has()
    {
        var reads = await ReadWalk.CreateAsync(api, asEveryCaller: true);
        var versioned = new Dictionary<string, long>();
        foreach (var read in reads)
        {
            using var response = await read.Client.GetAsync(read.Path);
            if (response.Content.Headers.ContentType?.MediaType != "application/json")
                continue;
            var json = await response.JsonAsync();
            if (response.Headers.ETag is not { } etag || !etag.Tag.Contains('-'))
                continue;
            Assert.True(EntityTag.TryParseVersion(etag.Tag, out var version));
            Assert.Equal(version, json.GetProperty("version").GetInt64());
            versioned[json.Id()] = version;
        }
        Assert.True(versioned.Count >= 10, $"{versioned.Count}");
        var listed = new HashSet<string>();
        // Students and people are views of users without a version, because they cannot be changed.
        string[] views = ["/api/students", "/api/rooms/people"];
        foreach (var read in reads.Where(read => !views.Any(view => read.Path.StartsWith(view, StringComparison.Ordinal))))
        {
            using var response = await read.Client.GetAsync(read.Path + "?limit=100");
            if (response.Content.Headers.ContentType?.MediaType != "application/json")
                continue;
            var json = await response.JsonAsync();
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("items", out var items))
                continue;
            foreach (var item in items.EnumerateArray())
            {
                if (item.TryGetProperty("id", out var id) && versioned.TryGetValue(id.GetString()!, out var version))
                {
                    Assert.True(item.TryGetProperty("version", out var actual), $"{read}: {item}");
                    Assert.Equal(version, actual.GetInt64());
                    listed.Add(id.GetString()!);
                }
            }
        }
        Assert.True(listed.Count >= 8, $"{listed.Count}");
    }

    [Fact]
    public async Task If_Match_accepts_tags_versions_lists_and_any()
    {
        using var student = api.Student();
        var changes = 0;
        var path = $"/api/todos/{(await LearningFixture.PostAsync(student, "/api/todos", new { title = "A task" })).Id()}";
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PatchAsync("\"2\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PatchAsync("\"other\", W/\"1\""));
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("\"other\", \"1\""));
        using var read = await student.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, await PatchAsync(read.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PatchAsync(read.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.OK, await PatchAsync("*"));

        async Task<HttpStatusCode> PatchAsync(string ifMatch)
        {
            // An unchanged to-do would keep its version.
            var body = JsonSerializer.Serialize(new { title = $"Another for {ifMatch} {changes++}" });
            using var request = new HttpRequestMessage(HttpMethod.Patch, path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            using var response = await student.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task The_API_document_has_an_ETag()
    {
        using var first = await api.Anonymous.GetAsync("/openapi/v1.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await api.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(Read read, string ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, read.Path);
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await read.Client.SendAsync(request);
    }

    [GeneratedRegex("^\"([1-9][0-9]*-)?[0-9a-f]{16}\"$")]
    private static partial Regex Shape();
}
