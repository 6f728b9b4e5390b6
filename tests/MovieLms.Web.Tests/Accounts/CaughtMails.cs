using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Accounts;

/// <summary>The mails that Standalone has caught.</summary>
internal static class CaughtMails
{
    /// <summary>Waits for a number of mails to an address with a match, and returns the group <c>found</c> of the newest.</summary>
    internal static async Task<string> FindAsync(Uri standalone, string email, string pattern, int count = 1)
    {
        using var client = new HttpClient { BaseAddress = standalone };
        var found = Array.Empty<string>();
        await Eventually.WaitUntilAsync(
            async () =>
            {
                using var list = JsonDocument.Parse(await client.GetStringAsync("/mail.json"));
                found =
                [
                    .. list
                        .RootElement.EnumerateArray()
                        .Where(mail => mail.GetProperty("to").GetString()!.Contains(email, StringComparison.OrdinalIgnoreCase))
                        .OrderByDescending(mail => mail.GetProperty("date").GetDateTimeOffset())
                        .Select(mail => Regex.Match(mail.GetProperty("text").GetString()!, pattern, RegexOptions.Multiline))
                        .Where(match => match.Success)
                        .Select(match => match.Groups["found"].Value),
                ];
                return found.Length >= count;
            },
            "the mail has arrived",
            60
        );
        return found[0];
    }
}
