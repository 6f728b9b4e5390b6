using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>A read of an existing resource, as a caller who may read it.</summary>
internal sealed record Read(string Endpoint, string Path, HttpClient Client)
{
    public override string ToString() => Endpoint;
}

/// <summary>One read per GET endpoint: those of the authorization table, and the pages and documents without parameters.</summary>
internal static class ReadWalk
{
    /// <param name="api">The API.</param>
    /// <param name="asEveryCaller">True for one read per caller who may read the resource.</param>
    internal static async Task<IReadOnlyList<Read>> CreateAsync(LearningFixture api, bool asEveryCaller = false)
    {
        var world = new AuthorizationWorld(api);
        var reads = new List<Read>();
        foreach (var row in AuthorizationTable.Rows.Where(row => row.Method == "GET"))
        {
            var columns = Enumerable.Range(0, row.Expected.Length).Where(column => row.Expected[column] == 200).ToList();
            if (columns.Count == 0)
                columns.Add(Array.IndexOf(row.Expected, row.Expected.Min()));
            foreach (var column in asEveryCaller ? columns : columns[..1])
            {
                var client = await world.CallerAsync(AuthorizationTable.Callers[column]);
                reads.Add(new Read($"GET {row.Path}", await world.FillAsync(row.Path), client));
            }
        }
        var pages = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => !path.StartsWith("/api", StringComparison.Ordinal) && !path.Contains('{'));
        reads.AddRange(pages.Select(path => new Read($"GET {path}", path, api.Anonymous)));
        return reads;
    }
}
