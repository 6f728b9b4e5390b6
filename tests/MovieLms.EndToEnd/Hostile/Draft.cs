using System.Text;
using System.Text.RegularExpressions;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>A request before it is sent, open to changes that no HTTP library would allow.</summary>
internal sealed partial class Draft
{
    internal required string Method { get; set; }

    internal required string Path { get; set; }

    internal List<string> Query { get; } = [];

    /// <summary>Header lines.</summary>
    internal List<string> Headers { get; } = [];

    internal string? ContentType { get; set; }

    internal string? Body { get; set; }

    /// <summary>Changes what is sent of the body.</summary>
    internal Func<byte[], byte[]> Encode { get; set; } = bytes => bytes;

    /// <summary>The <c>Content-Length</c>, if it is not the body's.</summary>
    internal string? Length { get; set; }

    internal bool IsChunked { get; set; }

    /// <summary>True if it is broken as HTTP or too large, so that a closed connection is an acceptable response.</summary>
    internal bool MayBeClosed { get; set; }

    /// <summary>True if it may have another endpoint than the one it was made from.</summary>
    internal bool IsElsewhere { get; set; }

    /// <summary>The member that a 400 must name; null for any.</summary>
    internal string? Blamed { get; set; }

    /// <summary>What was changed.</summary>
    internal string Change { get; set; } = "nothing";

    internal static Draft Of(WalkTable.Row row)
    {
        var target = row.Path.Split('?');
        var draft = new Draft { Method = row.Method, Path = target[0] };
        if (target.Length > 1)
            draft.Query.Add(target[1]);
        (draft.ContentType, draft.Body) = row.Body switch
        {
            null => (null, null),
            { } body when body.StartsWith("csv:", StringComparison.Ordinal) => ("text/csv", body[4..]),
            { } body when body.StartsWith("form:", StringComparison.Ordinal) => ("application/x-www-form-urlencoded", body[5..]),
            { } body => ("application/json", body),
        };
        return draft;
    }

    /// <summary>For a request that may end at another endpoint: it must not replace or delete what the others need.</summary>
    internal void UseOwnResources() => Path = Shared().Replace(Path, "{$1!}");

    /// <summary>The bytes to send.</summary>
    /// <param name="host">For the header <c>Host</c>, if the draft brings none.</param>
    /// <param name="token">The caller's access token; null for an anonymous caller.</param>
    internal byte[] ToBytes(string host, string? token)
    {
        var body = Body is null ? null : Encode(Encoding.UTF8.GetBytes(Body));
        var head = new StringBuilder($"{Method} {Path}{(Query.Count == 0 ? "" : "?" + string.Join('&', Query))} HTTP/1.1\r\n");
        if (!Has("Host"))
            head.Append("Host: ").Append(host).Append("\r\n");
        if (token is not null && !Has("Authorization"))
            head.Append("Authorization: Bearer ").Append(token).Append("\r\n");
        if (ContentType is not null)
            head.Append("Content-Type: ").Append(ContentType).Append("\r\n");
        foreach (var line in Headers)
            head.Append(line).Append("\r\n");
        if (IsChunked)
            head.Append("Transfer-Encoding: chunked\r\n");
        else if (Length is not null || body is not null || Method is "POST" or "PUT" or "PATCH")
            head.Append("Content-Length: ").Append(Length ?? $"{body?.Length ?? 0}").Append("\r\n");
        head.Append("\r\n");
        var bytes = Encoding.Latin1.GetBytes(head.ToString());
        if (body is null)
            return bytes;
        return IsChunked
            ? [.. bytes, .. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8]
            : [.. bytes, .. body];
    }

    private bool Has(string name) => Headers.Exists(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\{(movie|review|course|lecture|assignment|enrollment|todo)\}")]
    private static partial Regex Shared();
}
