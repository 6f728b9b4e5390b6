using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MovieLms.ServiceDefaults.Caching;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

/// <summary>Endpoints with <see cref="CompressedResponse"/>.</summary>
public sealed class CompressionTests : IAsyncLifetime
{
    private static readonly string[] Titles = [.. Enumerable.Range(0, 200).Select(i => $"The title of movie {i}")];
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.None, Map = Map });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/stored", "br", "br")]
    [InlineData("/stored", "gzip", "gzip")]
    [InlineData("/stored", "gzip, deflate, br, zstd", "br")]
    [InlineData("/stored", "gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("/stored", "br;q=0, *", "gzip")]
    [InlineData("/stored", "*", "br")]
    [InlineData("/stored", "identity", null)]
    [InlineData("/stored", "br;q=0", null)]
    [InlineData("/stored", "br;q=many", null)]
    [InlineData("/stored", "", null)]
    [InlineData("/stored/private", "br", null)]
    [InlineData("/small", "br", null)]
    [InlineData("/list", "br", "br")]
    [InlineData("/list", "gzip", "gzip")]
    [InlineData("/list", "identity", null)]
    [InlineData("/list/short", "br", null)]
    [InlineData("/list/private", "br", null)]
    [InlineData("/rows.csv", "gzip, br", "br")]
    [InlineData("/rows.csv?count=1", "br", null)]
    [InlineData("/missing", "br", null)]
    public async Task A_response_has_the_coding_that_the_client_accepts(string path, string accepted, string? expected)
    {
        using var plain = await SendAsync(path, null);
        using var response = await SendAsync(path, accepted);
        Assert.Equal(plain.StatusCode, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(plain.Content.Headers.ContentType, response.Content.Headers.ContentType);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var expectedBytes = await plain.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.GetString(expectedBytes), Encoding.UTF8.GetString(Decompress(bytes, expected)));
        if (expected is null)
            return;
        Assert.True(bytes.Length < expectedBytes.Length / 2, $"{bytes.Length} of {expectedBytes.Length} bytes");
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
    }

    [Fact]
    public async Task Each_form_of_a_stored_response_has_its_own_ETag_and_304()
    {
        var tags = new Dictionary<string, string>();
        foreach (var coding in new[] { "identity", "gzip", "br" })
        {
            using var first = await SendAsync("/stored", coding);
            Assert.Contains("Accept-Encoding", first.Headers.Vary);
            tags[coding] = first.Headers.ETag!.ToString();
            using var known = await SendAsync("/stored", coding, $"\"other\", W/{tags[coding]}");
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
            Assert.Equal(tags[coding], known.Headers.ETag!.ToString());
            Assert.Contains("Accept-Encoding", known.Headers.Vary);
            Assert.Empty(known.Content.Headers.ContentEncoding);
        }
        Assert.Equal(3, tags.Values.Distinct().Count());
        // The plain form is valid for every client. A compressed one is not.
        using var plain = await SendAsync("/stored", "br", tags["identity"]);
        Assert.Equal((HttpStatusCode.NotModified, tags["identity"]), (plain.StatusCode, plain.Headers.ETag!.ToString()));
        using var compressed = await SendAsync("/stored", "identity", tags["br"]);
        Assert.Equal(HttpStatusCode.OK, compressed.StatusCode);
        using var any = await SendAsync("/stored", "br", "*");
        Assert.Equal(HttpStatusCode.NotModified, any.StatusCode);
    }

    [Fact]
    public void A_stored_response_is_compressed_once()
    {
        var stored = CachedJson.From(Titles, Serialization.Json.Options);
        var (http, again) = (new DefaultHttpContext(), new DefaultHttpContext());
        var endpoint = new Endpoint(null, new EndpointMetadataCollection(CompressedResponse.Instance), null);
        var bodies = new List<object>();
        foreach (var context in new[] { http, again })
        {
            context.SetEndpoint(endpoint);
            context.Request.Method = "GET";
            context.Request.Headers.AcceptEncoding = "br";
            var body = new RecordingStream();
            context.Response.Body = body;
            Assert.True(stored.WriteAsync(context, "no-cache", "application/json").IsCompletedSuccessfully);
            bodies.Add(body.Array!);
        }
        Assert.Same(bodies[0], bodies[1]);
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_the_compressed_form()
    {
        using var get = await SendAsync("/stored", "br");
        using var request = new HttpRequestMessage(HttpMethod.Head, "/stored");
        request.Headers.Add("Accept-Encoding", "br");
        using var head = await _host.Client.SendAsync(request);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(["br"], head.Content.Headers.ContentEncoding);
        Assert.Equal((await get.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
    }

    private static void Map(WebApplication app)
    {
        var open = app.MapGroup("").AllowAnonymous();
        open.MapGet("/stored/private", Stored);
        open.MapGet("/list/private", () => Titles);
        var compressed = open.MapGroup("").WithCompression();
        compressed.MapGet("/stored", Stored);
        compressed.MapGet("/small", () => new CachedJsonResult(CachedJson.From(1, Serialization.Json.Options), CacheOutcome.Hit, false));
        compressed.MapGet("/list", () => Titles);
        compressed.MapGet("/list/short", () => Titles[..3]);
        compressed.MapGet("/missing", () => TypedResults.NotFound(Titles));
        compressed.MapGet("/rows.csv", (int count = 1_000) => TypedResults.Stream(body => WriteRowsAsync(body, count), "text/csv"));
    }

    private static readonly CachedJson StoredTitles = CachedJson.From(Titles, Serialization.Json.Options);

    private static CachedJsonResult Stored() => new(StoredTitles, CacheOutcome.Hit, isPrivate: false);

    private static async Task WriteRowsAsync(Stream body, int count)
    {
        await using var writer = new StreamWriter(body, leaveOpen: true);
        for (var i = 0; i < count; i++)
        {
            await writer.WriteLineAsync($"{i},row");
            if (i % 500 == 0)
                await writer.FlushAsync();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? acceptEncoding, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (acceptEncoding is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await _host.Client.SendAsync(request);
    }

    private static byte[] Decompress(byte[] bytes, string? coding)
    {
        if (coding is null)
            return bytes;
        var compressed = new MemoryStream(bytes);
        using Stream stream =
            coding == "br"
                ? new BrotliStream(compressed, CompressionMode.Decompress)
                : new GZipStream(compressed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>Records the array that is written.</summary>
    private sealed class RecordingStream : MemoryStream
    {
        public byte[]? Array { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(buffer, out var segment);
            Array = segment.Array;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
