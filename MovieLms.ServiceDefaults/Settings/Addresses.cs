using System.Text.RegularExpressions;

namespace MovieLms.ServiceDefaults.Settings;

/// <summary>Removes credentials from addresses and connection strings.</summary>
internal static partial class Addresses
{
    /// <summary>
    /// Returns the scheme and hosts of a connection string, without user, password, path and options; null if it is not clear which part of
    /// it are the hosts.
    /// </summary>
    internal static string? GetHosts(string text)
    {
        var scheme = Scheme().Match(text).Value;
        var rest = text[scheme.Length..];
        string hosts;
        if (scheme.Length > 0)
        {
            var credentials = rest.IndexOf('@');
            // A password may contain any character, and so may an option.
            if (credentials != rest.LastIndexOf('@') || (credentials >= 0 && rest.AsSpan(0, credentials).ContainsAny("/?#")))
                return null;
            rest = rest[(credentials + 1)..];
            var end = rest.AsSpan().IndexOfAny("/?#");
            hosts = end < 0 ? rest : rest[..end];
        }
        else
        {
            // As for Redis: hosts, then options, separated by commas.
            hosts = string.Join(',', rest.Split(',', StringSplitOptions.TrimEntries).TakeWhile(part => HostWithPort().IsMatch(part)));
        }
        return Hosts().IsMatch(hosts) ? scheme + hosts : null;
    }

    /// <summary>Returns whether a text has an address with a user or a password.</summary>
    internal static bool HasCredentials(string text) => text.Contains("://", StringComparison.Ordinal) && text.Contains('@');

    [GeneratedRegex(@"^[a-z][a-z0-9+.\-]*://", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^[a-z0-9._\-\[\]:,]+$", RegexOptions.IgnoreCase)]
    private static partial Regex Hosts();

    /// <summary>The port is required, because a text without one may be anything.</summary>
    [GeneratedRegex(@"^[a-z0-9._\-\[\]:]+:\d+$", RegexOptions.IgnoreCase)]
    private static partial Regex HostWithPort();
}
