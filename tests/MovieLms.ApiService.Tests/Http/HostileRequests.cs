using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MovieLms.ApiService.Tests.Http;

/// <summary>
/// Draws requests that nobody sends in good faith: wrong types, lengths, Unicode, nested JSON, NUL, header tricks, operators of
/// MongoDB as values. The same seed draws the same requests.
/// </summary>
internal sealed class HostileRequests(Random random)
{
    private static readonly string[] Texts =
    [
        "", " ", "0", "-1", "null", "true", "NaN", "1e999", "x", "admin", "000000", "' OR 1=1 --", "{\"$ne\":null}", "$where", "../../etc/passwd", "%00", "\0", "a\0b",
        "\u202egpj.exe", "\ufeff", "\ud83c\udfac", "e\u0301", "İ", "ß", "\u0007\u001b[2J", "a\r\nBcc: evil@example.test", "<script>alert(1)</script>", "${jndi:ldap://x}",
        "{{7*7}}", "2026-13-45T99:99:99Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z", "99999999999999999999999", "507f1f77bcf86cd799439011",
        "ida@example.test", "a@b", "+491234567890", "-0", "0x10", "1,5", "٣",
    ];

    private static readonly (string Name, string Value)[] Tricks =
    [
        ("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/api/users"), ("X-Rewrite-URL", "/api/audit"), ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=127.0.0.1;host=evil.example"), ("X-User-Id", "1"),
        ("Host", "evil.example"), ("Origin", "https://evil.example"), ("Origin", "null"), ("Referer", "javascript:alert(1)"),
        ("Cookie", "session=x; .AspNetCore.Cookies=CfDJ8; access_token=x"), ("Accept", "text/html;q=x"), ("Accept", "application/vnd.ms-excel"),
        ("Accept-Language", "xx-XX;q=99"), ("Accept-Encoding", "identity;q=0"), ("If-Match", "\"$gt\""), ("If-Match", "*, \"1\""), ("If-None-Match", "W/\"\""),
        ("Idempotency-Key", "{\"$gt\":\"\"}"), ("Idempotency-Key", "../../x"), ("Range", "bytes=0-18446744073709551615"), ("Expect", "100-continue"),
        ("traceparent", "00-zz-zz-01"), ("baggage", "a=b=c;;;"), ("X-Long", new string('x', 8_000)), ("If-Modified-Since", "yesterday"),
    ];

    private static readonly string[] Operators = ["$gt", "$ne", "$where", "$regex", "$in", "$exists", "$or", "$expr", "$set", "__proto__", "$ref"];

    private static readonly string[] Types = ["application/json", "application/json; charset=utf-16", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=nonsense"];

    /// <summary>One request for the operation.</summary>
    internal HttpRequestMessage Next(ApiOperation operation)
    {
        var path = string.Join('/', operation.Path.Split('/').Select(part => part.StartsWith('{') ? Segment() : part));
        var query = operation.Query.Where(_ => random.Next(2) == 0).Select(name => $"{name}{Pick("", "", "", "[]", "[$ne]", "%00")}={Escaped(Text())}").ToList();
        if (random.Next(6) == 0) query.Add($"{Pick("access_token", "$where", "_method", "callback", "limit")}={Escaped(Text())}");
        var request = new HttpRequestMessage(new HttpMethod(operation.Method), new Uri(query.Count == 0 ? path : $"{path}?{string.Join('&', query)}", UriKind.Relative));
        foreach (var name in operation.Headers.Where(_ => random.Next(2) == 0)) request.Headers.TryAddWithoutValidation(name, Printable(Text()));
        for (var i = random.Next(3); i > 0; i--)
        {
            var (name, value) = Tricks[random.Next(Tricks.Length)];
            request.Headers.TryAddWithoutValidation(name, value);
        }
        if (operation.Method is not "GET" || random.Next(10) == 0) request.Content = Content(operation);
        return request;
    }

    private ByteArrayContent? Content(ApiOperation operation)
    {
        if (operation.Members is null && !operation.TakesForm && random.Next(3) > 0) return null;
        var bytes = operation.TakesForm ? Form() : Encoding.UTF8.GetBytes(Body(operation));
        if (random.Next(8) == 0 && bytes.Length > 0) bytes = Damaged(bytes);
        var content = new ByteArrayContent(bytes);
        var type = operation.TakesForm && random.Next(4) > 0 ? "multipart/form-data; boundary=x" : random.Next(8) == 0 ? Pick(Types) : "application/json";
        content.Headers.ContentType = MediaTypeHeaderValue.TryParse(type, out var parsed) ? parsed : null;
        if (random.Next(25) == 0) content.Headers.ContentEncoding.Add(Pick("gzip", "br", "nonsense"));
        return content;
    }

    private string Body(ApiOperation operation)
    {
        if (random.Next(15) == 0) return (Value(0) ?? JsonValue.Create("null")).ToJsonString();
        var body = new JsonObject();
        foreach (var (name, _) in operation.Members ?? [])
            if (random.Next(4) > 0) body[random.Next(20) == 0 ? name.ToUpperInvariant() : name] = Value(0);
        if (random.Next(4) == 0) body[Pick("id", "role", "version", "ownerId", "userId", "$where", "isAdmin", "passwordHash", "")] = Value(0);
        var text = body.ToJsonString();
        // The same member twice, which a tree cannot hold.
        return random.Next(20) == 0 && operation.Members is [var first, ..] ? $"{{{JsonSerializer.Serialize(first.Name)}:1,{text[1..]}" : text;
    }

    private JsonNode? Value(int depth) => random.Next(depth > 3 ? 6 : 9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(3) == 0 ? random.Next(-2, 200) : random.NextInt64(long.MinValue, long.MaxValue)),
        3 => JsonValue.Create((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(0, 300))),
        4 or 5 => JsonValue.Create(WellFormed(Text())),
        6 => new JsonObject { [Pick(Operators)] = Value(depth + 1) },
        7 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1))]),
        _ => Nested(random.Next(1, 80)),
    };

    private static JsonNode Nested(int depth)
    {
        JsonNode node = new JsonObject();
        for (var i = 0; i < depth; i++) node = i % 2 == 0 ? new JsonArray(node) : new JsonObject { ["$and"] = node };
        return node;
    }

    private string Text() => random.Next(5) switch
    {
        0 => new string((char)random.Next(32, 0x3000), random.Next(1, 3_000)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => (char)random.Next(1, 0x10000))),
        _ => Pick(Texts),
    };

    private string Segment()
    {
        var text = Text();
        // A dot segment would lead to another operation, and an empty one to none.
        return text.Length is 0 or > 500 || text.All(c => c is '.' or '/') ? "507f1f77bcf86cd799439011" : Escaped(text);
    }

    private byte[] Form()
    {
        var file = random.Next(3) switch
        {
            0 => "title,description,dueDate,priority,done\r\n" + string.Join(',', Enumerable.Range(0, 5).Select(_ => Printable(Text()))),
            1 => Body(new ApiOperation("", "", [], [], [("title", true)], false)),
            _ => Text(),
        };
        return Encoding.UTF8.GetBytes($"--x\r\nContent-Disposition: form-data; name=\"{Pick("file", "file", "other", "")}\"; filename=\"{Printable(Text())}\"\r\n"
            + $"Content-Type: {Pick("text/csv", "application/json", "application/x-ndjson", "image/png")}\r\n\r\n{file}\r\n--x{Pick("--", "--", "")}\r\n");
    }

    private byte[] Damaged(byte[] bytes)
    {
        var damaged = (byte[])bytes.Clone();
        for (var i = random.Next(1, 4); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        return random.Next(2) == 0 ? damaged : damaged[..random.Next(damaged.Length)];
    }

    private string Pick(params string[] values) => values[random.Next(values.Length)];

    private static string Escaped(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(value => char.IsAsciiLetterOrDigit((char)value) ? ((char)value).ToString() : $"%{value.ToString("X2", CultureInfo.InvariantCulture)}"));

    private static string WellFormed(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));

    private static string Printable(string text) => string.Concat(text.Where(c => c is >= ' ' and < '\u007f' and not '"'));
}
