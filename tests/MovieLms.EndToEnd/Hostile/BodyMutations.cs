using System.IO.Compression;
using System.Text;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations of the whole body: content, encoding, size and content type.</summary>
internal static class BodyMutations
{
    private static readonly string[] Bodies =
    [
        "",
        " ",
        "{",
        "}",
        "null",
        "[]",
        "[1]",
        "1",
        "\"x\"",
        "{\"",
        "{'a':1}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1}{\"b\":2}",
        "// x\n{}",
        "\0",
        "\u0001",
        "NaN",
        "{}",
        """{"$where":"1","__proto__":{"x":1}}""",
        "[{}]",
        "[{\"title\":{}}]",
        "<x/>",
        "a=b&c=d",
        "title\n\"",
        "title\r\na,b,c\r\n",
        "\ufefftitle\nx\n",
        "title,title\n1,2\n",
        ",,,\n,,,\n",
        "{\"title\":1}\n{\"title\":",
        "{\"a\":" + new string('[', 200) + new string(']', 200) + "}",
        "{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}",
        string.Concat(Enumerable.Repeat("{\"a\":", 10_000)),
        new string('[', 30_000),
        "{" + string.Join(',', Enumerable.Repeat("\"a\":1", 5_000)) + "}",
        "title\n" + new string('"', 30_001),
        string.Concat(Enumerable.Repeat("a,", 20_000)),
        "title\n" + string.Concat(Enumerable.Repeat("\n", 30_000)),
    ];

    private static readonly string[] Types =
    [
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; charset=nonsense",
        "application/json; charset=\"",
        "application/problem+json",
        "application/merge-patch+json",
        "text/json",
        "text/plain",
        "text/csv",
        "text/csv; charset=utf-16",
        "text/csv; charset=utf-7",
        "application/x-ndjson",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"",
        "multipart/form-data; boundary=" + new string('b', 300),
        "multipart/mixed; boundary=x",
        "application/octet-stream",
        "application/x-msgpack",
        "*/*",
        "json",
        "/",
        "a/b/c",
        ";",
        "application/json\r\nX-Injected: yes",
        "application/json, text/csv",
        new string('t', 3_000) + "/x",
        "application/\xff",
        "",
    ];

    internal static IEnumerable<Mutation> Of(WalkOperation operation)
    {
        if (operation.Row.Method is "GET" && operation.Row.Body is null)
        {
            yield return New("a body in a GET", draft => (draft.Body, draft.ContentType) = ("{}", "application/json"));
            yield return New("a large body in a GET", draft => (draft.Body, draft.MayBeClosed) = (new string('x', 200_000), true));
            yield break;
        }
        foreach (var body in Bodies)
        {
            yield return New(
                $"body {PathMutations.Abbreviate(body)}",
                draft =>
                    (draft.Body, draft.ContentType, draft.MayBeClosed) = (
                        body,
                        draft.ContentType ?? "application/json",
                        draft.MayBeClosed || body.Length > 60_000
                    )
            );
        }

        foreach (var type in Types)
            yield return New($"type {PathMutations.Abbreviate(type)}", draft => (draft.ContentType, draft.MayBeClosed) = (type, true));
        yield return New("no type", draft => draft.ContentType = null);
        yield return Encoded(
            "UTF-16",
            bytes => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Convert(Encoding.UTF8, Encoding.Unicode, bytes)]
        );
        yield return Encoded(
            "UTF-16 as declared",
            bytes => Encoding.Convert(Encoding.UTF8, Encoding.Unicode, bytes),
            draft => draft.ContentType += "; charset=utf-16"
        );
        yield return Encoded("UTF-32", bytes => Encoding.Convert(Encoding.UTF8, Encoding.UTF32, bytes));
        yield return Encoded("a byte-order mark", bytes => [.. Encoding.UTF8.GetPreamble(), .. bytes]);
        yield return Encoded("invalid UTF-8 at the end", bytes => [.. bytes, 0xff, 0xfe]);
        yield return Encoded(
            "invalid UTF-8 inside",
            bytes => [.. bytes[..(bytes.Length / 2)], 0xc0, 0x80, 0xed, 0xa0, 0x80, .. bytes[(bytes.Length / 2)..]]
        );
        yield return Encoded("Latin-1 inside", bytes => [.. bytes.Select(value => value == 'a' ? (byte)0xe4 : value)]);
        yield return Encoded("half of it", bytes => bytes[..(bytes.Length / 2)]);
        yield return Encoded("gzip", Compressed, draft => draft.Headers.Add("Content-Encoding: gzip"));
        yield return Encoded("gzip, undeclared", Compressed);
        yield return Encoded("gzip of 10 MB", _ => Compressed(new byte[10_000_000]), draft => draft.Headers.Add("Content-Encoding: gzip"));
        foreach (var (name, size) in new[] { ("70 KB", 70_000), ("1.1 MB", 1_100_000), ("5 MB", 5_000_000) })
        {
            yield return Encoded(
                $"{name} of spaces before",
                bytes => [.. Enumerable.Repeat((byte)' ', size), .. bytes],
                draft => draft.MayBeClosed = true
            );
            yield return Encoded(
                $"{name} of spaces, chunked",
                bytes => [.. Enumerable.Repeat((byte)' ', size), .. bytes],
                draft => draft.MayBeClosed = draft.IsChunked = true
            );
            yield return Encoded(
                $"{name} in one text",
                _ => Encoding.UTF8.GetBytes($$"""{"title":"{{new string('x', size)}}"}"""),
                draft => draft.MayBeClosed = true
            );
        }
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return memory.ToArray();
    }

    private static Mutation Encoded(string name, Func<byte[], byte[]> encode, Action<Draft>? more = null) =>
        New(
            name,
            draft =>
            {
                draft.Body ??= "{}";
                draft.Encode = encode;
                more?.Invoke(draft);
            }
        );

    private static Mutation New(string name, Action<Draft> change) => new("body", name, change);
}
