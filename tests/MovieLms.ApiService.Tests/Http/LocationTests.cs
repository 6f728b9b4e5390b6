using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>The <c>Location</c> of a created resource can be read by the caller who created it.</summary>
public sealed class LocationTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    /// <summary>Calls whose effect is a message, and an invitation by an instructor, who cannot read the student yet.</summary>
    private static readonly string[] WithoutLocation = ["/api/auth/forgot-password", "/api/auth/otp", "/api/students"];

    [Fact]
    public async Task Every_Location_of_a_created_or_accepted_resource_returns_200_to_its_receiver()
    {
        var (faults, followed) = (new ConcurrentQueue<string>(), new ConcurrentDictionary<string, int>());
        var cells = AuthorizationTable
            .Rows.Where(row => row.Method == "POST")
            .SelectMany(row => Enumerable.Range(0, row.Expected.Length).Select(column => (row, column)))
            .Where(cell => cell.row.Expected[cell.column] is 201 or 202);
        await Parallel.ForEachAsync(
            cells,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (cell, _) =>
            {
                var (row, caller) = (cell.row, AuthorizationTable.Callers[cell.column]);
                var world = new AuthorizationWorld(api);
                var client = await world.CallerAsync(caller);
                var body = await world.FillAsync(row.Body!);
                using var content = AuthorizationMatrixTests.Content(body);
                using var response = await client.PostAsync(await world.FillAsync(row.Path), content);
                if (response.Headers.Location is not { } location)
                {
                    if (!WithoutLocation.Contains(row.Path))
                        faults.Enqueue($"{row.Path} by {caller}: {(int)response.StatusCode} without a Location");
                    return;
                }
                using var registered = row.Path == "/api/auth/register" ? await SignInAsync(body) : null;
                using var found = await (registered ?? client).GetAsync(location);
                if (found.StatusCode != HttpStatusCode.OK && IsMapped(location))
                    faults.Enqueue($"{row.Path} by {caller}: {(int)found.StatusCode} for {location}");
                followed.AddOrUpdate(row.Path, 1, (_, count) => count + 1);
            }
        );
        Assert.True(faults.IsEmpty, string.Join('\n', faults.Order()));
        Assert.True(followed.Count >= 16, string.Join('\n', followed.Keys.Order()));
    }

    /// <summary>Returns false while no endpoint reads a single user.</summary>
    private bool IsMapped(Uri location) =>
        !location.ToString().StartsWith("/api/users/", StringComparison.Ordinal)
        || api.Host.App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Any(endpoint =>
                endpoint.RoutePattern.RawText?.TrimEnd('/') == "/api/users/{id}"
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
            );

    private async Task<HttpClient> SignInAsync(string registration)
    {
        var user = JsonSerializer.Deserialize<JsonElement>(registration);
        using var response = await api.Anonymous.PostAsJsonAsync(
            "/api/auth/login",
            new { email = user.GetProperty("email").GetString(), password = user.GetProperty("password").GetString() }
        );
        var token = (await response.JsonAsync()).GetProperty("accessToken").GetString();
        return new HttpClient
        {
            BaseAddress = api.Host.Address,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }
}
