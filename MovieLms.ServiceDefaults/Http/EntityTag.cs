using System.Globalization;
using System.IO.Hashing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace MovieLms.ServiceDefaults.Http;

/// <summary>
/// Strong entity tags (RFC 9110, section 8.8.3), opaque to clients. A tag is the fingerprint of the response's bytes, after the version of
/// the document if it has one: <c>"9a3fe31c6b0d5e72"</c> and <c>"7-9a3fe31c6b0d5e72"</c>. Responses that differ have different tags, even
/// if they contain something that changes without a new version.
/// </summary>
public static class EntityTag
{
    /// <summary>Returns the tag of a response.</summary>
    /// <param name="body">The response's bytes.</param>
    public static string Of(ReadOnlySpan<byte> body) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{XxHash3.HashToUInt64(body):x16}\"");

    /// <summary>Returns the tag of a document.</summary>
    /// <param name="version">The document's version.</param>
    /// <param name="body">The response's bytes.</param>
    public static string Of(long version, ReadOnlySpan<byte> body) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{version}-{XxHash3.HashToUInt64(body):x16}\"");

    /// <summary>Returns the version of a document's tag. A version alone in double quotes is accepted, too.</summary>
    public static bool TryParseVersion(string tag, out long version)
    {
        var text = tag.AsSpan().Trim('"');
        var end = text.IndexOf('-');
        return long.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    /// <summary>Returns true if <c>If-None-Match</c> is <c>*</c> or lists a tag (RFC 9110, section 13.1.2; weak comparison).</summary>
    public static bool IsListed(StringValues ifNoneMatch, string tag)
    {
        if (ifNoneMatch.Count == 0)
            return false;
        if (ifNoneMatch.Count == 1 && ifNoneMatch[0] == tag)
            return true;
        return EntityTagHeaderValue.TryParseList(ifNoneMatch, out var tags) && tags.Any(known => known.Tag == "*" || known.Tag == tag);
    }
}
