using System.Security.Cryptography;
using System.Text.RegularExpressions;
using MovieLms.Testing;

namespace MovieLms.Web.Tests.Accounts;

/// <summary>Turns on the second step of the sign-in on the pages.</summary>
internal static partial class SecondStep
{
    /// <summary>Verifies the address by the mailed code, sets the second step up and returns the recovery codes.</summary>
    internal static async Task<IReadOnlyList<string>> SetUpAsync(PageBrowser browser, Uri standalone, string email)
    {
        await browser.OpenAsync("/account/security");
        await browser.SubmitAsync("send-code");
        // The first code was mailed at registration, and the second one replaced it.
        var mailed = await CaughtMails.FindAsync(standalone, email, "^\\s*(?<found>[0-9]{6})\\s*$", 2);
        await browser.SubmitAsync("email-code", ("code", mailed));
        Assert.Contains("Your address is verified.", browser.Html);
        await browser.SubmitAsync("step-begin", ("currentPassword", TestUsers.Password));
        Assert.Contains("src=\"data:image/png;base64,", browser.Html);
        var secret = Secret().Match(browser.Html).Groups["secret"].Value;
        await browser.SubmitAsync("step-confirm", ("code", "000000"));
        Assert.Contains($"<code class=\"secret\">{secret}</code>", browser.Html);
        await browser.SubmitAsync("step-confirm", ("code", CreateCode(secret)));
        var codes = RecoveryCode().Matches(browser.Html).Select(match => match.Groups["code"].Value).ToList();
        Assert.NotEmpty(codes);
        return codes;
    }

    /// <summary>Computes a code (RFC 6238) as an authenticator app does.</summary>
    private static string CreateCode(string secret)
    {
        var bits = string.Concat(
            secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'))
        );
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var counter = BitConverter.GetBytes(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30).Reverse().ToArray();
#pragma warning disable CA5350 // Authenticator apps use HMAC-SHA-1.
        var mac = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var offset = mac[^1] & 15;
        var number = ((mac[offset] & 127) << 24) | (mac[offset + 1] << 16) | (mac[offset + 2] << 8) | mac[offset + 3];
        return $"{number % 1_000_000:D6}";
    }

    [GeneratedRegex("<code class=\"secret\">(?<secret>[A-Z2-7]+)</code>")]
    private static partial Regex Secret();

    [GeneratedRegex("<li><code>(?<code>[a-z2-9-]+)</code></li>")]
    private static partial Regex RecoveryCode();
}
