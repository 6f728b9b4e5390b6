using System.Text;
using System.Text.RegularExpressions;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>An unsent request that allows changes which no HTTP library permits.</summary>
internal sealed partial class Draft
{
    internal required string Method { get; set; }

    internal required string Path { get; set; }

    internal List<string> Query { get; } = [];

    /// <summary>Header lines.</summary>
    internal List<string> Headers { get; } = [];

    internal string? ContentType { get; set; }

    internal string? Body { get; set; }

    /// <summary>Encodes the body before it is sent.</summary>
    internal Func<byte[], byte[]> Encode { get; set; } = bytes => bytes;

    /// <summary>The value of <c>Content-Length</c>; null for the length of the body.</summary>
    internal string? Length { get; set; }

    internal bool IsChunked { get; set; }

    /// <summary>True if the request is malformed or too large, so that closing the connection is an acceptable reaction.</summary>
    internal bool MayBeClosed { get; set; }

    /// <summary>True if the request may reach a different endpoint than the original one.</summary>
    internal bool IsElsewhere { get; set; }

    /// <summary>The member that a 400 response must name; null for any.</summary>
    internal string? Blamed { get; set; }

    /// <summary>A description of the change.</summary>
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

    /// <summary>
    /// Replaces shared resources with new ones. A request that may reach another endpoint must not change or delete what other requests
    /// need.
    /// </summary>
    internal void UseOwnResources() => Path = Shared().Replace(Path, "{$1!}");

    /// <summary>Returns the bytes to send.</summary>
    /// <param name="host">The value of the <c>Host</c> header if the draft has none.</param>
    /// <param name="token">The caller's access token; null for an anonymous caller.</param>
    internal byte[] ToBytes(string host, string? token)
    {
        var body = Body is null ? null : Encode(Encoding.UTF8.GetBytes(Body));
        var head = new StringBuilder($"{Method} {Path}{(Query.Count == 0 ? "" : "?" + string.Join('&', Query))} HTTP/1.1\r\n");
        if (!HasHeader("Host"))
            head.Append("Host: ").Append(host).Append("\r\n");
        if (token is not null && !HasHeader("Authorization"))
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

    private bool HasHeader(string name) => Headers.Exists(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\{(movie|review|course|lecture|assignment|enrollment|todo)\}")]
    private static partial Regex Shared();
}
