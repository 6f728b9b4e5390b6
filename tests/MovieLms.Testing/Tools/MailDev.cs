using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing.Processes;

namespace MovieLms.Testing.Tools;

/// <summary>MailDev from npm as a process: an SMTP server that stores received mail and provides it over HTTP.</summary>
public sealed class MailDev : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _web;

    private MailDev(Process process, int smtpPort, Uri web)
    {
        (_process, SmtpPort) = (process, smtpPort);
        _web = new HttpClient { BaseAddress = web };
    }

    /// <summary>The SMTP port on 127.0.0.1.</summary>
    public int SmtpPort { get; }

    /// <summary>The value of <c>ConnectionStrings:smtp</c>.</summary>
    public string ConnectionString => $"smtp://127.0.0.1:{SmtpPort}?tls=none";

    /// <summary>Starts MailDev, on a free port by default. Skips the test if it is not installed.</summary>
    public static async Task<MailDev> StartAsync(int? smtpPort = null)
    {
        var program = ExternalTool.RequireNpm("maildev/dist/bin/maildev.js");
        var (smtp, web) = (smtpPort ?? FreePort.Find(), FreePort.Find());
        var start = new ProcessStartInfo(
            ExternalTool.Require("node"),
            [program, "--silent", "-s", $"{smtp}", "--ip", "127.0.0.1", "-w", $"{web}", "--web-ip", "127.0.0.1"]
        );
        var server = new MailDev(Process.Start(start)!, smtp, new Uri($"http://127.0.0.1:{web}"));
        await Eventually.WaitUntilAsync(server.IsRespondingAsync, "MailDev responds", 60);
        return server;
    }

    /// <summary>
    /// Waits for the newest mail to an address with a subject, and returns it as MailDev's JSON (<c>text</c>, <c>html</c>,
    /// <c>headers</c>, <c>attachments</c>).
    /// </summary>
    public async Task<JsonElement> GetMailAsync(string to, string subject, double seconds = 30)
    {
        JsonElement? found = null;
        await Eventually.WaitUntilAsync(
            async () =>
            {
                var mails = await _web.GetFromJsonAsync<JsonElement>("/api/email");
                found = mails.EnumerateArray().Where(mail => IsFor(mail, to, subject)).Select(mail => (JsonElement?)mail).LastOrDefault();
                return found is not null;
            },
            $"a mail '{subject}' arrives",
            seconds
        );
        return found!.Value;
    }

    /// <summary>Returns the bytes of an attachment of a mail that <see cref="GetMailAsync"/> returned.</summary>
    public Task<byte[]> AttachmentAsync(JsonElement mail, string fileName) =>
        _web.GetByteArrayAsync($"/api/email/{mail.GetProperty("id").GetString()}/attachment/{Uri.EscapeDataString(fileName)}");

    /// <summary>Returns the number of stored mails.</summary>
    public async Task<int> CountAsync() => (await _web.GetFromJsonAsync<JsonElement>("/api/email")).GetArrayLength();

    public async ValueTask DisposeAsync()
    {
        _web.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static bool IsFor(JsonElement mail, string to, string subject) =>
        mail.GetProperty("subject").GetString() == subject
        && mail.GetProperty("to")
            .EnumerateArray()
            .Any(address => string.Equals(address.GetProperty("address").GetString(), to, StringComparison.OrdinalIgnoreCase));

    private async Task<bool> IsRespondingAsync()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"MailDev exited with code {_process.ExitCode}.");
        try
        {
            return (await _web.GetAsync("/api/email")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
