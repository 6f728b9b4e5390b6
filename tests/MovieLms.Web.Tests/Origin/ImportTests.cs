using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Origin;

[Collection(OriginTests.Name)]
public sealed class ImportTests(OriginFixture origins)
{
    private const int Megabytes = 45;

    [Fact]
    public async Task A_large_file_is_imported_through_the_gateway()
    {
        using var client = new HttpClient { BaseAddress = origins.Gateway };
        var token = await OriginFixture.GetTokenAsync(origins.Gateway, isAdmin: false);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // A few rows with padding that is not part of a to-do: this tests the upload, not the import.
        var row = Encoding.UTF8.GetBytes($"{{\"title\":\"A to-do\",\"padding\":\"{new string('x', (1024 * 1024) - 64)}\"}}\n");
        using var file = new StreamContent(new MemoryStream([.. Enumerable.Repeat(row, Megabytes).SelectMany(bytes => bytes)]));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var accepted = await client.PostAsync("/api/todos/import", file);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await Eventually.WaitUntilAsync(
            async () =>
            {
                var import = await client.GetFromJsonAsync<JsonElement>(accepted.Headers.Location);
                return import.GetProperty("state").GetString() == "completed";
            },
            "the import completes",
            120
        );
    }
}
