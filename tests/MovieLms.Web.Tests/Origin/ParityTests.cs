using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace MovieLms.Web.Tests.Origin;

/// <summary>Compares the responses of Standalone with those of the services behind the gateway.</summary>
[Collection(OriginTests.Name)]
public sealed partial class ParityTests(OriginFixture origins)
{
    /// <summary>Headers that differ between any two requests.</summary>
    private static readonly string[] PerRequest = ["Date", "Age", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"];

    /// <summary>Headers that depend on stored data. Only their presence is compared.</summary>
    private static readonly string[] PerData = ["ETag", "Content-Length", "Last-Modified", "Content-Disposition", "X-Cache"];

    /// <summary>The cookie for session affinity, which only the gateway sets.</summary>
    private const string AffinityCookie = "movielms-node=";

    [Theory]
    [InlineData("anonymous")]
    [InlineData("student")]
    [InlineData("administrator")]
    public async Task Every_endpoint_responds_identically(string caller)
    {
        var standalone = await CreateClientAsync(origins.Standalone, caller);
        var gateway = await CreateClientAsync(origins.Gateway, caller);
        var differences = new List<string>();
        var count = 0;
        foreach (var request in EveryRequest.All())
        {
            count++;
            var (expected, actual) = (await SendAsync(standalone, request), await SendAsync(gateway, request));
            if (expected != actual)
                differences.Add($"{request}\n  Standalone: {expected}\n  gateway:    {actual}");
        }
        Assert.True(count > 250);
        Assert.True(differences.Count == 0, $"{differences.Count} of {count} differ:\n{string.Join('\n', differences)}");
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task The_gateway_passes_compressed_responses_through(string coding)
    {
        var bodies = new List<byte[]>();
        foreach (var origin in new[] { origins.Standalone, origins.Gateway })
        {
            using var client = await CreateClientAsync(origin, "anonymous");
            client.DefaultRequestHeaders.Add("Accept-Encoding", coding);
            using var response = await client.GetAsync("/openapi/v1.json");
            Assert.Equal([coding], response.Content.Headers.ContentEncoding);
            Assert.EndsWith($"-{coding}\"", response.Headers.ETag!.Tag);
            Assert.Contains("Accept-Encoding", response.Headers.Vary);
            bodies.Add(await response.Content.ReadAsByteArrayAsync());
            client.DefaultRequestHeaders.IfNoneMatch.Add(response.Headers.ETag);
            using var known = await client.GetAsync("/openapi/v1.json");
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        }
        Assert.Equal(bodies[0], bodies[1]);
    }

    private static async Task<HttpClient> CreateClientAsync(Uri origin, string caller)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = origin };
        if (caller == "anonymous")
            return client;
        var token = await OriginFixture.GetTokenAsync(origin, isAdmin: caller == "administrator");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Returns the status and headers of the response as one line.</summary>
    private static async Task<string> SendAsync(HttpClient client, ComparedRequest compared)
    {
        var origin = client.BaseAddress!;
        using var request = new HttpRequestMessage(new HttpMethod(compared.Method), origin.AbsoluteUri.TrimEnd('/') + compared.Path);
        if (compared.Body is not null)
            request.Content = new StringContent(compared.Body, Encoding.UTF8, "application/json");
        if (compared.Accept is not null)
            request.Headers.Add("Accept", compared.Accept);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var headers = response
            .Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => !PerRequest.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .Select(header => (header.Key, Value: Normalize(header.Key, header.Value, origin)))
            .Where(header => header.Value is not null)
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.OrdinalIgnoreCase);
        return $"{(int)response.StatusCode} {string.Join(" | ", headers)}";
    }

    private static string? Normalize(string name, HeaderStringValues values, Uri origin)
    {
        if (PerData.Contains(name, StringComparer.OrdinalIgnoreCase))
            return "(any)";
        if (name == "Set-Cookie")
        {
            // The cookie of a sign-in with an external provider has a random suffix.
            var names = values
                .Where(cookie => !cookie.StartsWith(AffinityCookie, StringComparison.Ordinal))
                .Select(cookie => string.Join('.', cookie.Split('=')[0].Split('.').Take(3)))
                .ToList();
            return names.Count == 0 ? null : string.Join(", ", names);
        }
        var text = Id()
            .Replace(string.Join(" + ", values), "(id)")
            .Replace(origin.Authority, "(origin)")
            .Replace(Uri.EscapeDataString(origin.Authority), "(origin)");
        // The challenge and the state in the provider's address are random, too.
        return text.IndexOf("code_challenge=", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text;
    }

    [GeneratedRegex("[0-9a-f]{24}")]
    private static partial Regex Id();
}
