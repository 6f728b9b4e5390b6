using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>
/// Random hostile requests to every operation, by nobody, a student and an admin: no answer is a 5xx, none signs anybody in, and
/// none of a student's holds what belongs to somebody else. 200 an operation with <c>MOVIELMS_TEST_SCALE=full</c>, else 40;
/// <c>MOVIELMS_TEST_SEED</c> draws others.
/// </summary>
public sealed class HostileFuzzTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly int RequestsAnOperation = Environment.GetEnvironmentVariable("MOVIELMS_TEST_SCALE") == "full" ? 200 : 40;
    private const int AtOnce = 8;
    private const string Marker = "belongs-to-somebody-else-7a1f";
    private static readonly string[] Callers = ["", Roles.Student, Roles.Admin];

    [Fact]
    public async Task Random_hostile_requests_bring_no_5xx_no_sign_in_and_nobody_elses_data()
    {
        await PlantAsync();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MOVIELMS_TEST_SEED"), out var given) ? given : 1;
        var operations = ApiOperation.Of(await api.Anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).ToList();
        var work = operations.SelectMany(operation => Enumerable.Range(0, AtOnce).Select(part => (operation, part)));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = api.Host.Address, Timeout = TimeSpan.FromMinutes(1) };
        var (sent, statuses, faults) = (0, new ConcurrentDictionary<int, int>(), new ConcurrentQueue<string>());
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) =>
        {
            var requests = new HostileRequests(new Random(HashCode(seed, item.operation.ToString(), item.part)));
            for (var i = 0; i < RequestsAnOperation / AtOnce; i++)
            {
                var role = Callers[i % Callers.Length];
                using var request = requests.Next(item.operation);
                // A caller of its own each time: signing out must not spare what follows.
                if (role.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await api.TokenAsync(role, ObjectId.GenerateNewId()));
                var (status, fault) = await SendAsync(client, request, role);
                Interlocked.Increment(ref sent);
                statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                if (fault is not null) faults.Enqueue($"seed {seed}, {role} {item.operation}: {fault}");
            }
        });
        TestContext.Current.SendDiagnosticMessage("{0} requests: {1}", sent, string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} × {pair.Value}")));
        Assert.Equal(operations.Count * (RequestsAnOperation / AtOnce) * AtOnce, sent);
        Assert.True(faults.IsEmpty, $"{faults.Count} of {sent}:\n{string.Join('\n', faults.Take(40))}");
    }

    // Written to the socket as they are: no client of good manners sends these.
    [Theory]
    [InlineData("GET /api/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n")]
    [InlineData("GET /api/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \0\r\n\r\n")]
    [InlineData("GET /api/auth/me HTTP/1.1\r\nHost: x\r\nX-A\0: b\r\n\r\n")]
    [InlineData("GET /api/auth/me HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n")]
    [InlineData("GET /api/auth/me HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET /api/auth/me HTTP/1.1\r\n\r\n")]
    [InlineData("GET /api/auth/m\0e HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://evil.example/api/auth/me HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /api/../api/auth/me HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("TRACE /api/auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n\r\n")]
    [InlineData("G\u00c4T /api/auth/me HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{\"a\":1")]
    [InlineData("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n{}")]
    [InlineData("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n")]
    [InlineData("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    public async Task A_malformed_request_is_refused(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Host.Address.Host, api.Host.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = await new StreamReader(stream, Encoding.Latin1).ReadLineAsync(limit.Token);
        // No answer at all is a closed connection.
        if (answer is null) return;
        Assert.InRange(int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), 400, 499);
    }

    private static async Task<(int Status, string? Fault)> SendAsync(HttpClient client, HttpRequestMessage request, string role)
    {
        var what = request.RequestUri!.ToString();
        if (request.Content is { } content) what += " " + Encoding.Latin1.GetString(await content.ReadAsByteArrayAsync());
        what = what.Length <= 300 ? what : what[..300] + "…";
        try
        {
            using var answer = await client.SendAsync(request);
            var (status, text) = ((int)answer.StatusCode, Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
            if (status >= 500) return (status, $"{what} -> {status} {text}");
            if (text.Contains("accessToken", StringComparison.Ordinal) && status < 300) return (status, $"{what} -> a sign-in");
            return (status, role != Roles.Admin && text.Contains(Marker, StringComparison.OrdinalIgnoreCase) ? $"{what} -> somebody else's data" : null);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.Unknown or HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded)
        {
            // Kestrel closes the connection on what is no HTTP; then there is no answer to judge.
            return (0, null);
        }
    }

    /// <summary>Leaves somebody's data to be found.</summary>
    private async Task PlantAsync()
    {
        var registered = await api.Anonymous.PostAsJsonAsync(
            "/api/auth/register", new { username = "Ida", email = $"{Marker}@example.test", password = TestUsers.Password });
        registered.EnsureSuccessStatusCode();
        var user = await api.Host.LogInAsync($"{Marker}@example.test", TestUsers.Password);
        // What is not built yet answers 404, and is planted once it is.
        await user.Client.PostAsJsonAsync("/api/todos", new { title = Marker, description = Marker, priority = "low" });
        using var file = new MultipartFormDataContent { { new StringContent($"title,description,dueDate,priority,done\n{Marker},,,low,false\n"), "file", $"{Marker}.csv" } };
        await user.Client.PostAsync("/api/todos/import", file);
    }

    /// <summary>The same in every process, which string.GetHashCode is not.</summary>
    private static int HashCode(int seed, string text, int part) => text.Aggregate(seed * 31 + part, (hash, c) => unchecked(hash * 31 + c));
}
