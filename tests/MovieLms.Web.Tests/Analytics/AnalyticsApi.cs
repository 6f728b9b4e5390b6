using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using MovieLms.Web.Tests.Gateway;

namespace MovieLms.Web.Tests.Analytics;

/// <summary>The gateway with an API that has prepared responses.</summary>
public sealed class AnalyticsApi : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _responses = new(StringComparer.Ordinal);
    private Backend? _backend;
    private GatewayHost? _gateway;

    public HttpClient Client => _gateway!.Client;

    public Uri Address => _gateway!.Address;

    /// <summary>The requests to the API, as paths with queries.</summary>
    public IEnumerable<string> Requests => _backend!.Received.Select(request => request.Target);

    /// <summary>The body of the last POST.</summary>
    public string? Posted { get; private set; }

    public static async Task<AnalyticsApi> StartAsync()
    {
        var api = new AnalyticsApi();
        api._backend = await Backend.StartAsync(api.RespondAsync);
        api._gateway = await GatewayHost.StartAsync([("apiservice", api._backend.Address)]);
        api.Set("/api/analytics/top-rated", 200, "[]");
        api.Set(
            "/api/analytics/top-rated/pipeline",
            200,
            """
            {"pipelines":[{"collection":"movies","stages":[
              {"stage":{"$match":{"title":"<b>&"}},"explanation":"Keeps \"<i>\" only."},
              {"stage":{"$limit":10},"explanation":"Keeps ten."}
            ]}]}
            """
        );
        api.Set(
            "/api/analytics/pipeline",
            200,
            """{"collections":[{"name":"movies","fields":["title"]},{"name":"orders","fields":["item"]}],"stages":["$match"],"operators":["$sum"],"maxDocuments":1000}"""
        );
        return api;
    }

    /// <summary>Sets the response of a path.</summary>
    public void Set(string path, int status, string body) => _responses[path] = (status, body);

    public async Task<(int Status, string Html)> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway!.DisposeAsync();
        await _backend!.DisposeAsync();
    }

    private async Task RespondAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (context.Request.Method == "POST")
        {
            using var reader = new StreamReader(context.Request.Body);
            Posted = await reader.ReadToEndAsync();
            path = "POST " + path;
        }
        var (status, body) = _responses.GetValueOrDefault(path, (404, "{}"));
        context.Response.StatusCode = status;
        context.Response.ContentType = status < 400 ? "application/json" : "application/problem+json";
        context.Response.Headers.Age = "12";
        await context.Response.WriteAsync(body);
    }
}
