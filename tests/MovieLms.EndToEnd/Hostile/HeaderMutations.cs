namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations of headers that the services read, and that proxies or frameworks might.</summary>
internal static class HeaderMutations
{
    private static readonly string[] Names =
    [
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Range",
        "Host",
        "Authorization",
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Content-Encoding",
        "Cookie",
        "Origin",
        "Referer",
        "User-Agent",
        "Expect",
        "If-Modified-Since",
        "Last-Event-ID",
        "traceparent",
        "X-Requested-With",
    ];

    private static readonly string[] Lines =
    [
        "X-HTTP-Method-Override: DELETE",
        "X-Original-URL: /api/users",
        "X-Rewrite-URL: /api/audit",
        "X-Forwarded-For: 127.0.0.1, ::1, unknown",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example",
        "Forwarded: for=127.0.0.1;host=evil.example;proto=https",
        "X-Real-IP: 127.0.0.1",
        "Host: evil.example:99999",
        "Host: [::1]:80",
        "Host: a b",
        "Host: localhost@evil.example",
        "Origin: null",
        "Origin: https://evil.example",
        "Authorization: Basic YTpi",
        "Authorization: Bearer",
        "Authorization: Bearer ..",
        "Authorization: Bearer a.b.c",
        "Authorization: bearer {secret}",
        "Authorization: Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJyb2xlIjoiYWRtaW4iLCJzdWIiOiI1MDdmMWY3N2JjZjg2Y2Q3OTk0MzkwMTEifQ.",
        "Cookie: jobs=x; .AspNetCore.Cookies=CfDJ8; access_token={secret}",
        "Expect: 100-continue",
        "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99",
        "Transfer-Encoding: gzip",
        "TE: trailers",
        "Content-Encoding: gzip",
        "Content-Encoding: br, gzip, deflate",
        "Content-Encoding: nonsense",
        "Content-Language: xx",
        "Content-Location: /api/users",
        "traceparent: 00-zz-zz-01",
        "tracestate: a=b,c",
        "baggage: a=b=c;;;",
        "Accept: */*;q=0",
        "Accept: application/xml",
        "Accept-Charset: utf-16",
        "Access-Control-Request-Method: DELETE\r\nOrigin: https://evil.example",
        " folded: x",
        "no colon",
        ": no name",
        "X-A\0: b",
        "X-\xfc: b",
        "Content-Type: text/html",
        "Host: a\r\nHost: b",
        "Authorization: Bearer a\r\nAuthorization: Bearer b",
    ];

    internal static IReadOnlyList<Mutation> All { get; } =
    [
        .. Names.SelectMany(name => HostileTexts.Header.Select(value => New($"{name}: {value}"))),
        .. Lines.Select(New),
        new(
            "header",
            "150 lines",
            draft =>
            {
                draft.Headers.AddRange(Enumerable.Range(0, 150).Select(i => $"X-{i}: {i}"));
                draft.MayBeClosed = true;
            }
        ),
        new(
            "header",
            "100 KB",
            draft =>
            {
                draft.Headers.Add("X-Long: " + new string('x', 100_000));
                draft.MayBeClosed = true;
            }
        ),
    ];

    private static Mutation New(string line) =>
        new(
            "header",
            PathMutations.Abbreviate(line),
            draft =>
            {
                draft.Headers.Add(line);
                draft.MayBeClosed = true;
                // The line may smuggle a second request.
                draft.IsElsewhere |= line.Contains("\r\n\r\n", StringComparison.Ordinal);
            }
        );
}
