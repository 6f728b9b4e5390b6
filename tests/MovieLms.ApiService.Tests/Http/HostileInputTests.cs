using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>
/// Walks every operation of the OpenAPI document with input that nobody sends in good faith: no answer is a 5xx, and every
/// 400 says in a problem document which field is at fault.
/// </summary>
public sealed class HostileInputTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly string[] Ids =
        ["000000000000000000000000", "x", "%7B%22$ne%22:null%7D", "..%2f..%2fetc", "%ff%fe", "%ed%a0%80", new('9', 3_000), "'%20OR%201=1"];

    private static readonly string[] QueryTexts =
    [
        "", "%20", "-1", "0", "NaN", "1e999", "-1e999", "99999999999999999999999", "abc", "true", "%7B%22$gt%22:%22%22%7D", "%5B%5D", "%00", "%ff",
        "%ed%a0%80", ".*", "(a%2B)%2B$", "%F0%9F%8E%AC", new('x', 5_000),
    ];

    /// <summary>JSON that no member of a request may have, whatever it is.</summary>
    private static readonly string[] Values =
    [
        """{"$gt":""}""", """{"$ne":null}""", """{"$where":"sleep(1000)"}""", "[]", """[{"$gt":1}]""", "1e400", "-1e400", "123456789012345678901234567890",
        "-1", "null", "true", "\"\"", "\"   \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u202e\\u0007\"", "\"NaN\"", "\"{\\\"$ne\\\":1}\"", Quoted(20_000),
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "}", "null", "[]", "[1]", "1", "\"x\"", "{\"", "{'a':1}", "{\"a\":}", "\0", "\u0001", "NaN", "{}", """{"$where":"1","__proto__":{"x":1}}""",
        "{\"a\":" + new string('[', 500) + new string(']', 500) + "}", new string('[', 100_000), "{\"a\":\"" + new string('x', 2_000_000) + "\"}",
    ];

    [Fact]
    public async Task No_operation_answers_hostile_input_with_a_5xx_and_every_400_names_a_field()
    {
        var document = await api.Anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var operations = ApiOperation.Of(document).ToList();
        Assert.True(operations.Count > 20);
        var faults = new ConcurrentQueue<string>();
        var sent = 0;
        await Parallel.ForEachAsync(operations, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (operation, _) =>
        {
            foreach (var (request, field) in Requests(operation))
            {
                // Another caller each time: signing out and the like must not spare what follows.
                using var client = api.As(Roles.Admin);
                using (request)
                {
                    Interlocked.Increment(ref sent);
                    if (await FaultAsync(client, request, field) is { } fault) faults.Enqueue($"{operation}: {fault}");
                }
            }
        });
        Assert.True(sent > 2_000, $"only {sent} requests were sent");
        Assert.True(faults.IsEmpty, $"{faults.Count} of {sent}:\n{string.Join('\n', faults.Distinct().Take(40))}");
    }

    private static IEnumerable<(HttpRequestMessage Request, string? Field)> Requests(ApiOperation operation)
    {
        var plain = Filled(operation.Path, Ids[0]);
        if (operation.Path.Contains('{'))
            foreach (var id in Ids) yield return (New(operation, Filled(operation.Path, id)), null);
        foreach (var name in operation.Query)
        {
            foreach (var value in QueryTexts) yield return (New(operation, $"{plain}?{name}={value}"), null);
            yield return (New(operation, $"{plain}?{name}=1&{name}=2&{name}[$ne]=1"), null);
        }
        if (operation.Query.Contains("cursor"))
            foreach (var cursor in MadeUpCursors()) yield return (New(operation, $"{plain}?cursor={cursor}"), null);
        foreach (var header in operation.Headers)
        {
            foreach (var value in new[] { "*", "\"1\"", "garbage", "\"", "W/\"1\"", new string('a', 4_000), "{\"$ne\":1}" })
            {
                var request = New(operation, plain, operation.Members is null ? null : "{}");
                request.Headers.TryAddWithoutValidation(header, value);
                yield return (request, null);
            }
        }
        if (operation.Members is not null)
        {
            foreach (var body in Bodies) yield return (New(operation, plain, body), null);
            yield return (New(operation, plain, "{}", "text/plain"), null);
            yield return (New(operation, plain, "{}", "application/xml"), null);
            foreach (var (name, isScalar) in operation.Members)
                for (var i = 0; i < Values.Length; i++)
                    // An object where text or a number belongs must be blamed on that very member.
                    yield return (New(operation, plain, $$"""{ {{JsonSerializer.Serialize(name)}}: {{Values[i]}} }"""), isScalar && i < 5 ? name : null);
        }
        if (operation.TakesForm || operation.Members is null)
        {
            if (operation.Method is not ("GET" or "DELETE"))
                foreach (var content in Forms())
                    yield return (new HttpRequestMessage(new HttpMethod(operation.Method), plain) { Content = content }, null);
        }
    }

    private static IEnumerable<HttpContent> Forms()
    {
        yield return new StringContent("not a form", null, "multipart/form-data");
        yield return Raw("--x\r\n\r\n--x--", "multipart/form-data; boundary=x");
        yield return Raw("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + new string('a', 30_000) + "\"\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x");
        yield return Raw("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\r\nnever ends", "multipart/form-data; boundary=x");
        yield return new MultipartFormDataContent { { new StringContent("text"), "other" } };
        yield return new MultipartFormDataContent { { new ByteArrayContent([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0]), "file", "a.png" } };
        yield return new MultipartFormDataContent { { new ByteArrayContent([]), "file", "empty.csv" } };
        yield return new MultipartFormDataContent { { new ByteArrayContent([0, 255, 254, 0]), "file", "..\\..\\x\u202e.csv" } };
    }

    private static IEnumerable<string> MadeUpCursors()
    {
        foreach (var sort in new[] { "title", "-createdAt", "rating", "x" })
            foreach (var key in new BsonValue[] { BsonNull.Value, BsonMinKey.Value, "a", 1, double.NaN, true, new BsonBinaryData([1]), DateTime.UnixEpoch, new BsonJavaScript("1") })
                yield return new PageCursor(sort, key, ObjectId.Empty).Encode();
    }

    private static async Task<string?> FaultAsync(HttpClient client, HttpRequestMessage request, string? field)
    {
        var what = $"{request.RequestUri} {(request.Content is null ? null : Shortened(await request.Content.ReadAsStringAsync()))}";
        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.Unknown or HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded)
        {
            // The server may close the connection on a body it refuses to read.
            return request.Content?.Headers.ContentLength > 1_000_000 ? null : $"{Shortened(what)}: {e.Message}";
        }
        using (answer)
        {
            var status = (int)answer.StatusCode;
            var text = await answer.Content.ReadAsStringAsync();
            if (status >= 500) return $"{Shortened(what)} -> {status} {Shortened(text)}";
            if (status == 429) return null;
            if (status is not 400) return field is not null && status < 300 ? $"{Shortened(what)} -> {status}: accepted" : null;
            // What Kestrel refuses before any endpoint has no body.
            if (text.Length == 0) return null;
            if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return $"{Shortened(what)} -> {answer.Content.Headers.ContentType}";
            using var problem = JsonDocument.Parse(text);
            if (!problem.RootElement.TryGetProperty("errors", out var errors)) return $"{Shortened(what)} -> 400 that names no field: {Shortened(text)}";
            var names = errors.EnumerateObject().Select(error => error.Name).ToList();
            if (names.Count == 0 || names.Exists(string.IsNullOrWhiteSpace)) return $"{Shortened(what)} -> 400 with an unnamed field: {Shortened(text)}";
            return field is not null && !names.Contains(field) ? $"{Shortened(what)} -> 400 that blames {string.Join(',', names)} instead of {field}" : null;
        }
    }

    private static HttpRequestMessage New(ApiOperation operation, string address, string? body = null, string type = "application/json")
    {
        var request = new HttpRequestMessage(new HttpMethod(operation.Method), new Uri(address, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, type);
        else if (operation.Members is not null) request.Content = new StringContent("{}", Encoding.UTF8, type);
        return request;
    }

    private static StringContent Raw(string text, string type)
    {
        var content = new StringContent(text);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    private static string Filled(string path, string id) => string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? id : part));

    private static string Quoted(int length) => $"\"{new string('x', length)}\"";

    private static string Shortened(string text) => text.Length <= 160 ? text : text[..160] + "…";
}
