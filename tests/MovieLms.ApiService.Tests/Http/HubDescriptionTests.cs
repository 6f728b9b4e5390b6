using System.Net;
using System.Text.Json.Nodes;
using MovieLms.Testing.Processes;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>The hub's AsyncAPI document over HTTP.</summary>
public sealed class HubDescriptionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_committed_document_is_served_with_an_etag()
    {
        using var response = await api.Anonymous.GetAsync("/openapi/hub.json");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var committed = JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("openapi", "hub.asyncapi.json")));
        Assert.True(JsonNode.DeepEquals(committed, JsonNode.Parse(await response.Content.ReadAsStringAsync())));

        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/hub.json");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await api.Anonymous.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
    }
}
