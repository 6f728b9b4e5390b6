using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace MovieLms.Web.Tests.Origin;

/// <summary>Standalone and the services behind the gateway are the same to a client.</summary>
[Collection(OriginTests.Name)]
public sealed partial class ParityTests(OriginFixture origins)
{
    /// <summary>Headers that differ between any two requests.</summary>
    private static readonly string[] PerRequest = ["Date", "Age", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"];

    /// <summary>Headers that depend on stored data: only whether they are there is compared.</summary>
    private static readonly string[] PerData = ["ETag", "Content-Length", "Last-Modified", "Content-Disposition", "X-Cache"];

    /// <summary>Cookies that only one side has: the one that keeps a hub's client at one instance.</summary>
    private const string AffinityCookie = "movielms-node=";

    [Theory]
    [InlineData("anonymous")]
    [InlineData("student")]
    [InlineData("administrator")]
    public async Task Every_endpoint_responds_alike(string caller)
    {
        var (standalone, gateway) = (await ClientAsync(origins.Standalone, caller), await ClientAsync(origins.Gateway, caller));
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

    private static async Task<HttpClient> ClientAsync(Uri origin, string caller)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = origin };
        if (caller == "anonymous")
            return client;
        var token = await OriginFixture.TokenAsync(origin, isAdmin: caller == "administrator");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Status and headers as one line.</summary>
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
            .Select(header => (header.Key, Value: Value(header.Key, header.Value, origin)))
            .Where(header => header.Value is not null)
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.OrdinalIgnoreCase);
        return $"{(int)response.StatusCode} {string.Join(" | ", headers)}";
    }

    private static string? Value(string name, HeaderStringValues values, Uri origin)
    {
        if (PerData.Contains(name, StringComparer.OrdinalIgnoreCase))
            return "(any)";
        if (name == "Set-Cookie")
        {
            // A sign-in elsewhere ends its cookie's name with a random part.
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
        // So do the challenge and the state in its address.
        return text.IndexOf("code_challenge=", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text;
    }

    [GeneratedRegex("[0-9a-f]{24}")]
    private static partial Regex Id();
}
