using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.Testing.Processes;

namespace MovieLms.Testing.Tools;

/// <summary>MailDev from npm as a process: an SMTP server that keeps what it receives and shows it over HTTP.</summary>
public sealed class MailDev : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _web;

    private MailDev(Process process, int smtpPort, Uri web)
    {
        (_process, SmtpPort) = (process, smtpPort);
        _web = new HttpClient { BaseAddress = web };
    }

    /// <summary>The port that takes mail, on 127.0.0.1.</summary>
    public int SmtpPort { get; }

    /// <summary>For <c>ConnectionStrings:smtp</c>.</summary>
    public string ConnectionString => $"smtp://127.0.0.1:{SmtpPort}?tls=none";

    /// <summary>Starts it, on a free port unless one is given; the test is skipped where it is not installed.</summary>
    public static async Task<MailDev> StartAsync(int? smtpPort = null)
    {
        var program = ExternalTool.RequireNpm("maildev/dist/bin/maildev.js");
        var (smtp, web) = (smtpPort ?? FreePort.Take(), FreePort.Take());
        var start = new ProcessStartInfo(
            ExternalTool.Require("node"),
            [program, "--silent", "-s", $"{smtp}", "--ip", "127.0.0.1", "-w", $"{web}", "--web-ip", "127.0.0.1"]
        );
        var server = new MailDev(Process.Start(start)!, smtp, new Uri($"http://127.0.0.1:{web}"));
        await Eventually.TrueAsync(server.AnswersAsync, "MailDev answers", 60);
        return server;
    }

    /// <summary>
    /// The newest mail to somebody whose subject is the given one, as MailDev's JSON (<c>text</c>, <c>html</c>, <c>headers</c>,
    /// <c>attachments</c>); waits for it.
    /// </summary>
    public async Task<JsonElement> MailAsync(string to, string subject, double seconds = 30)
    {
        JsonElement? found = null;
        await Eventually.TrueAsync(
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

    /// <summary>An attachment's bytes.</summary>
    /// <param name="mail">As <see cref="MailAsync"/> gave it.</param>
    /// <param name="fileName">The attachment's name.</param>
    public Task<byte[]> AttachmentAsync(JsonElement mail, string fileName) =>
        _web.GetByteArrayAsync($"/api/email/{mail.GetProperty("id").GetString()}/attachment/{Uri.EscapeDataString(fileName)}");

    /// <summary>How many mails it holds.</summary>
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

    private async Task<bool> AnswersAsync()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"MailDev ended with {_process.ExitCode}.");
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
