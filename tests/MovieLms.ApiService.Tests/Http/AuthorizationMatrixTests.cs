using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>
/// Calls every endpoint as each kind of caller, on objects that belong to a learner or a teacher, and compares the status with the table.
/// An endpoint that is missing from the table fails the test.
/// </summary>
public sealed partial class AuthorizationMatrixTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    [Fact]
    public void The_table_lists_every_endpoint_exactly_once()
    {
        var endpoints = api
            .Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("api", StringComparison.Ordinal) == true)
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetMetadata<IHttpMethodMetadata>()
                    ?.HttpMethods.Select(method => Shape(method, endpoint.RoutePattern.RawText!))
                ?? []
            )
            .ToHashSet();
        var rows = AuthorizationTable.Rows.Select(row => Shape(row.Method, row.Path)).ToList();
        Assert.Empty(rows.GroupBy(row => row).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(endpoints.Except(rows));
        Assert.Empty(rows.Except(endpoints));
    }

    [Fact]
    public async Task Every_endpoint_returns_the_expected_status_for_every_caller()
    {
        var faults = new ConcurrentQueue<string>();
        var cells = AuthorizationTable.Rows.SelectMany(row =>
            Enumerable.Range(0, AuthorizationTable.Callers.Length).Select(column => (row, column))
        );
        await Parallel.ForEachAsync(
            cells,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (cell, _) =>
            {
                var (row, column) = cell;
                // Each cell has its own world, because one deletes what another needs.
                var world = new AuthorizationWorld(api);
                using var request = new HttpRequestMessage(new HttpMethod(row.Method), await world.FillAsync(row.Path));
                if (row.Body is { } body)
                    request.Content = Content(await world.FillAsync(body));
                using var response = await (await world.CallerAsync(AuthorizationTable.Callers[column])).SendAsync(request);
                if ((int)response.StatusCode != row.Expected[column])
                {
                    faults.Enqueue(
                        $"{row.Method} {row.Path} by {AuthorizationTable.Callers[column]}: {(int)response.StatusCode} instead of {row.Expected[column]}"
                    );
                }
            }
        );
        Assert.True(
            faults.IsEmpty,
            $"{faults.Count} of {AuthorizationTable.Rows.Count * AuthorizationTable.Callers.Length}:\n{string.Join('\n', faults.Order())}"
        );
    }

    /// <summary>Returns the body of a row.</summary>
    internal static StringContent Content(string body)
    {
        var isCsv = body.StartsWith("csv:", StringComparison.Ordinal);
        var content = new StringContent(isCsv ? body[4..].Replace("\\n", "\n", StringComparison.Ordinal) : body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(isCsv ? "text/csv" : "application/json");
        return content;
    }

    /// <summary>Replaces parameters by placeholders, because the table and the routes name them differently.</summary>
    private static string Shape(string method, string path) => $"{method} /{Parameter().Replace(path.Split('?')[0].Trim('/'), "{}")}";

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
