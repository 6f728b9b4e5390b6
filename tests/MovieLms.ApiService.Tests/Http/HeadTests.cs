using System.Net;
using System.Net.Sockets;
using System.Text;
using MovieLms.ApiService.Tests.Courses;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>HEAD is served wherever GET is (RFC 9110, section 9.3.2).</summary>
public sealed class HeadTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    /// <summary>
    /// Headers that differ between two requests, those of limits that HEAD does not count against, and the framing of a body, which HEAD
    /// may omit.
    /// </summary>
    private static readonly string[] Varying =
    [
        "Date",
        "Age",
        "X-Cache",
        "Transfer-Encoding",
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
    ];

    [Fact]
    public async Task Every_GET_endpoint_serves_HEAD_with_the_same_status_and_headers()
    {
        var reads = await ReadWalk.CreateAsync(api);
        Assert.True(reads.Count > 60, $"{reads.Count}");
        var faults = new List<string>();
        var withLength = 0;
        foreach (var read in reads)
        {
            using var get = await read.Client.GetAsync(read.Path);
            using var head = await read.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, read.Path));
            var (expected, actual) = (Describe(get), Describe(head));
            if (expected != actual)
                faults.Add($"{read}\n  GET:  {expected}\n  HEAD: {actual}");
            if (get.IsSuccessStatusCode && Length(get) is not null)
                withLength++;
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(withLength > 20, $"{withLength}");
    }

    [Theory]
    [InlineData("/api/movies")]
    [InlineData("/api/analytics")]
    [InlineData("/api/schema/er")]
    [InlineData("/api/movies/000000000000000000000000")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/alive")]
    public async Task A_response_to_HEAD_has_no_body(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Host.Address.Host, api.Host.Address.Port);
        var stream = client.GetStream();
        var request = $"HEAD {path} HTTP/1.1\r\nHost: {api.Host.Address.Authority}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var response = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 ", response);
        Assert.Equal(response.Length - 4, response.IndexOf("\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HEAD_honors_If_None_Match()
    {
        var movie = (await api.AddMovieAsync(new { title = "Head" })).Id();
        using var get = await api.Anonymous.GetAsync($"/api/movies/{movie}");
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/api/movies/{movie}");
        request.Headers.IfNoneMatch.Add(get.Headers.ETag!);
        using var response = await api.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Fact]
    public async Task Allow_lists_HEAD_with_GET_and_a_write_does_not_serve_it()
    {
        using var movies = await api.Anonymous.DeleteAsync("/api/movies");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, movies.StatusCode);
        Assert.Equal(["GET", "HEAD", "POST"], movies.Content.Headers.Allow.Order());
        using var login = await api.Anonymous.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/auth/login/verify"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, login.StatusCode);
        Assert.Equal(["POST"], login.Content.Headers.Allow);
    }

    private static string Describe(HttpResponseMessage response)
    {
        var headers = response
            .Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => !Varying.Contains(header.Key) && header.Key != "Content-Length")
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.Ordinal);
        return $"{(int)response.StatusCode} {Length(response)} {string.Join(" | ", headers)}";
    }

    /// <summary>Returns the header as sent. The client computes the property from a body without one.</summary>
    private static string? Length(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var values) ? values.ToString() : null;
}
