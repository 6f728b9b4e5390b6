using System.Net;
using MongoDB.Bson;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>Denied requests are rate limited, and one audit entry counts many of them.</summary>
public sealed class DenialTests
{
    private const int Requests = 6_000;

    [Fact]
    public async Task Six_thousand_denied_requests_are_limited_and_create_at_most_five_audit_entries()
    {
        await using var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "50" },
            }
        );
        var student = await host.SignInStudentAsync();
        var statuses = await SendAsync(student.Client);
        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests], statuses.Keys.Order());
        Assert.True(statuses[HttpStatusCode.TooManyRequests] > statuses[HttpStatusCode.Forbidden], string.Join(", ", statuses));

        // Counts are added to an entry a few seconds later.
        var audit = host.Database.GetCollection<BsonDocument>(CollectionNames.Audit);
        var denied = new BsonDocument("action", "denied");
        await Eventually.WaitUntilAsync(
            async () =>
                (
                    await MongoDB.Driver.IAsyncCursorSourceExtensions.ToListAsync(
                        MongoDB.Driver.IMongoCollectionExtensions.Find(audit, denied)
                    )
                ).Sum(entry => entry.GetValue("count", 1).ToInt64()) == statuses[HttpStatusCode.Forbidden],
            "the entries count every denial",
            30
        );
        Assert.InRange(await audit.CountDocumentsAsync(denied), 1, 5);

        var anonymous = await SendAsync(host.Client);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], anonymous.Keys.Order());
    }

    private static async Task<Dictionary<HttpStatusCode, int>> SendAsync(HttpClient client)
    {
        var statuses = new Dictionary<HttpStatusCode, int>();
        await Parallel.ForAsync(
            0,
            Requests,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (_, cancellationToken) =>
            {
                using var response = await client.GetAsync("/api/users", cancellationToken);
                lock (statuses)
                    statuses[response.StatusCode] = statuses.GetValueOrDefault(response.StatusCode) + 1;
            }
        );
        return statuses;
    }
}
