using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MovieLms.Testing;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd;

/// <summary>Tests of the mail catcher in a separate process.</summary>
public sealed partial class CaughtMailTests
{
    [Fact]
    public async Task An_acknowledged_message_survives_SIGKILL_and_is_stored_once()
    {
        using var data = new TemporaryFolder();
        for (var run = 0; run < 2; run++)
        {
            await using var catcher = Start(data.Path);
            var (smtp, _) = await ReadAddressesAsync(catcher);
            await SendAsync(smtp, "kept@example.test");
            await catcher.KillAsync();
        }
        await using var last = Start(data.Path);
        var (_, inbox) = await ReadAddressesAsync(last);
        using var client = new HttpClient();
        var mail = Assert.Single(JsonDocument.Parse(await client.GetStringAsync(inbox + ".json")).RootElement.EnumerateArray());
        Assert.Equal("A test", mail.GetProperty("subject").GetString());
        Assert.Equal(0, await last.TerminateAsync());
        Assert.DoesNotContain("A test", last.Output);
    }

    private static DotnetProcess Start(string data) =>
        DotnetProcess.Start("MovieLms.Standalone", null, "--backing-only=mail", "--data", data, "--smtp-port", "0", "--mail-port", "0");

    private static async Task<(int Smtp, string Inbox)> ReadAddressesAsync(DotnetProcess process)
    {
        var table = await process.WaitForOutputAsync(output => output.Contains("  Data") ? output : null);
        return (int.Parse(SmtpPort().Match(table).Value, CultureInfo.InvariantCulture), Inbox().Match(table).Value);
    }

    private static async Task SendAsync(int port, string id)
    {
        using var message = new MimeMessage
        {
            MessageId = id,
            Subject = "A test",
            Body = new TextPart("plain") { Text = "text" },
        };
        message.From.Add(MailboxAddress.Parse("school@example.test"));
        message.To.Add(MailboxAddress.Parse("ida@example.test"));
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.None);
        await client.SendAsync(message);
    }

    [GeneratedRegex(@"(?<=smtp://127\.0\.0\.1:)\d+")]
    private static partial Regex SmtpPort();

    [GeneratedRegex(@"http://\S+/mail")]
    private static partial Regex Inbox();
}
