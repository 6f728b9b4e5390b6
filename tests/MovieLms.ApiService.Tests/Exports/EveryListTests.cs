using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Tests.Analytics;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.ApiService.Tests.Http;

namespace MovieLms.ApiService.Tests.Exports;

/// <summary>Every list can be exported and counted, with the same access as its pages.</summary>
public sealed class EveryListTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private static readonly string[] MediaTypes = ["text/csv", "application/x-ndjson"];

    [Fact]
    public async Task Every_list_counts_its_items_and_exports_them_to_the_callers_who_may_read_it()
    {
        var lists = Lists();
        var rows = AuthorizationTable
            .Rows.Where(row => row.Method == "GET" && lists.Remove(lists.FirstOrDefault(list => IsOf(row.Path, list)) ?? ""))
            .ToList();
        Assert.Empty(lists);
        foreach (var row in rows)
        {
            // Each row has its own world, because the last caller is its teacher, demoted.
            var world = new AuthorizationWorld(api);
            // Denied requests of this test are audit events themselves.
            var path = row.Path == "/api/audit" ? "/api/audit?action=login" : await world.FillAsync(row.Path);
            for (var column = 0; column < AuthorizationTable.Callers.Length; column++)
            {
                var client = await world.CallerAsync(AuthorizationTable.Callers[column]);
                foreach (var mediaType in MediaTypes)
                {
                    using var export = await ExportAsync(client, path, mediaType);
                    var name = $"{row.Path} as {AuthorizationTable.Callers[column]}";
                    Assert.True(row.Expected[column] == (int)export.StatusCode, $"{name}: {(int)export.StatusCode}");
                    if (!export.IsSuccessStatusCode)
                        continue;
                    Assert.Equal(mediaType, export.Content.Headers.ContentType?.MediaType);
                    var items = await LearningFixture.ReadAllAsync(client, path, 100);
                    var text = await export.Content.ReadAsStringAsync();
                    if (mediaType == "text/csv")
                        AssertCsv(items, text);
                    else
                        Assert.Equal(items.Select(item => item.GetRawText()), text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
                    using var counted = JsonDocument.Parse(
                        await client.GetStringAsync($"{path}{(path.Contains('?') ? '&' : '?')}count=true&limit=1")
                    );
                    var total = counted.RootElement.GetProperty("total");
                    Assert.True(items.Count == total.GetProperty("count").GetInt32() && total.GetProperty("isExact").GetBoolean(), name);
                }
            }
        }
    }

    /// <summary>Asserts that the rows have the first member of the items.</summary>
    private static void AssertCsv(List<JsonElement> items, string text)
    {
        var rows = CsvText.Read(text);
        Assert.Equal(items.Count, rows.Count - 1);
        foreach (var (item, row) in items.Zip(rows.Skip(1)))
            Assert.Equal(item.GetProperty(rows[0][0]).GetString(), row[0]);
    }

    private static bool IsOf(string path, string pattern)
    {
        var (segments, parts) = (path.Trim('/').Split('/'), pattern.Trim('/').Split('/'));
        return segments.Length == parts.Length && segments.Zip(parts).All(pair => pair.Second[0] == '{' || pair.First == pair.Second);
    }

    private List<string> Lists()
    {
        var lists = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.OfType<MethodInfo>().SelectMany(method => method.GetParameters()).Any(IsPage))
            .ToList();
        Assert.True(lists.Count >= 19);
        // The gradebook has a CSV file of its own, with one column per assignment.
        lists.RemoveAll(list => list.RoutePattern.RawText == "/api/courses/{id}/gradebook");
        Assert.Empty(lists.Where(list => list.Metadata.GetMetadata<ExportableList>() is null).Select(list => list.RoutePattern.RawText));
        return [.. lists.Select(list => list.RoutePattern.RawText!)];
    }

    private static bool IsPage(ParameterInfo parameter) => parameter.ParameterType == typeof(PageQuery);

    private static async Task<HttpResponseMessage> ExportAsync(HttpClient client, string path, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        return await client.SendAsync(request);
    }
}
