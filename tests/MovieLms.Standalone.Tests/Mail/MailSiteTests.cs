using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MimeKit;
using MovieLms.Standalone.Mail;
using MovieLms.Testing;

namespace MovieLms.Standalone.Tests.Mail;

/// <summary>The inbox page on its own site, to which a gateway forwards.</summary>
public sealed class MailSiteTests : IAsyncLifetime
{
    private const string Html = "<html><head></head><body><script>alert(1)</script>Hi</body></html>";

    // Earlier versions named files after the first part of the Message-ID.
    private const string Name = "65f0c0ffee65f0c0ffee65f0";
    private readonly TemporaryFolder _folder = new();
    private MailSite _site = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var body = new BodyBuilder { TextBody = "https://example.test/reset#secret", HtmlBody = Html };
        await body.Attachments.AddAsync("report.pdf", new MemoryStream("%PDF-1.7"u8.ToArray()), new ContentType("application", "pdf"));
        await body.Attachments.AddAsync("page.html", new MemoryStream("<script></script>"u8.ToArray()), new ContentType("text", "html"));
        using var message = new MimeMessage { Subject = "<b>Reset</b>", Body = body.ToMessageBody() };
        message.To.Add(MailboxAddress.Parse("ida@example.test"));
        await message.WriteToAsync(Path.Combine(_folder.Path, Name + ".eml"));
        _site = await MailSite.StartAsync(0, _folder.Path, default);
        _client = new HttpClient { BaseAddress = new Uri(_site.Address) };
    }

    [Fact]
    public async Task The_inbox_lists_messages_of_earlier_versions()
    {
        Assert.Contains($"/mail/{Name}", await _client.GetStringAsync("/mail"));
        var mail = Assert.Single(JsonDocument.Parse(await _client.GetStringAsync("/mail.json")).RootElement.EnumerateArray());
        Assert.Equal(("ida@example.test", "<b>Reset</b>"), (mail.GetProperty("to").GetString(), mail.GetProperty("subject").GetString()));
        Assert.EndsWith("Z", mail.GetProperty("date").GetString());
        Assert.Equal("Healthy", await _client.GetStringAsync("/healthz"));
        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/mail"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Fact]
    public async Task A_message_runs_no_scripts()
    {
        using var response = await _client.GetAsync($"/mail/{Name}");
        var html = await response.Content.ReadAsStringAsync();
        Assert.Contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"", html);
        Assert.Contains($"src=\"/mail/{Name}/html\"", html);
        Assert.DoesNotContain("<script>", html);
        Assert.DoesNotContain("<b>Reset", html);
        Assert.StartsWith("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        using var message = await _client.GetAsync($"/mail/{Name}/html");
        Assert.Contains("<base target=\"_blank\">", await message.Content.ReadAsStringAsync());
        var policy = Assert.Single(message.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy);
        Assert.Contains("sandbox allow-popups", policy);
        Assert.DoesNotContain("script-src", policy);
        Assert.True(message.Headers.CacheControl!.NoStore);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_message_has_tabs_for_its_text_and_attachments_in_the_style_of_the_console()
    {
        var message = await _client.GetStringAsync($"/mail/{Name}");
        foreach (var tab in new[] { $"/mail/{Name}?view=text", $"/mail/{Name}?attachment=0", $"/mail/{Name}?attachment=1" })
            Assert.Contains($"href=\"{tab}\"", message);
        Assert.Contains("https://example.test/reset#secret", await _client.GetStringAsync($"/mail/{Name}?view=text"));
        Assert.Contains(
            $"<iframe class=\"document\" title=\"report.pdf\" src=\"/mail/{Name}/attachments/0\"",
            await _client.GetStringAsync($"/mail/{Name}?attachment=0")
        );
        var other = await _client.GetStringAsync($"/mail/{Name}?attachment=1");
        Assert.DoesNotContain("<iframe", other);
        Assert.Contains($"href=\"/mail/{Name}/attachments/1\" download", other);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/mail/{Name}?attachment=2"));
        var style = message.Split("rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(style));
    }

    [Fact]
    public async Task A_pdf_is_shown_inline_and_other_attachments_are_downloaded()
    {
        using var pdf = await _client.GetAsync($"/mail/{Name}/attachments/0");
        Assert.Equal(("application/pdf", "inline", "report.pdf"), Describe(pdf.Content.Headers));
        Assert.Equal("%PDF-1.7", await pdf.Content.ReadAsStringAsync());
        using var page = await _client.GetAsync($"/mail/{Name}/attachments/1");
        Assert.Equal(("application/octet-stream", "attachment", "page.html"), Describe(page.Content.Headers));
        using var none = await _client.GetAsync($"/mail/{Name}/attachments/2");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("/mail/..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/mail/%252e%252e")]
    [InlineData("/mail/none")]
    [InlineData("/mail/none/attachments/0")]
    public async Task A_path_outside_the_folder_is_not_found(string path) => Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(path));

    [Theory]
    [InlineData("Host", "evil.example", false)]
    [InlineData("Host", "localhost.evil.example:5400", false)]
    [InlineData("Host", "localhost:5400", true)]
    [InlineData("Host", "web-movielms.dev.localhost:5400", true)]
    [InlineData("Host", "[::1]:5400", true)]
    [InlineData("X-Forwarded-Host", "localhost:5400", true)]
    [InlineData("X-Forwarded-Host", "evil.example", false)]
    [InlineData("X-Forwarded-Host", "localhost, evil.example", false)]
    [InlineData("Host", "attacker.example", false)]
    [InlineData("X-Real-IP", "203.0.113.9", false)]
    [InlineData("X-Client-IP", "203.0.113.9", false)]
    [InlineData("CF-Connecting-IP", "203.0.113.9", false)]
    [InlineData("Via", "1.1 proxy", false)]
    // The gateway checks access itself and sends none of these headers.
    [InlineData("X-Forwarded-For", "127.0.0.1", false)]
    [InlineData("X-Forwarded-For", "203.0.113.9", false)]
    [InlineData("X-Forwarded-For", "127.0.0.1, 203.0.113.9", false)]
    [InlineData("Forwarded", "for=127.0.0.1", false)]
    public async Task Only_local_callers_with_a_local_host_name_can_read_mail(string header, string value, bool isAllowed)
    {
        foreach (var path in new[] { "/mail", "/mail.json", $"/mail/{Name}", $"/mail/{Name}/html", $"/mail/{Name}/attachments/0" })
            Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.NotFound, await StatusAsync(path, header, value));
    }

    [Fact]
    public async Task An_invalid_message_does_not_hide_the_others()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "broken.eml"), [0, 255, 13]);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "empty.eml"), []);
        Assert.Equal(3, JsonDocument.Parse(await _client.GetStringAsync("/mail.json")).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task The_error_for_a_port_in_use_names_the_option()
    {
        var port = _client.BaseAddress!.Port;
        var exception = await Assert.ThrowsAsync<StandaloneException>(() => MailSite.StartAsync(port, _folder.Path, default));
        Assert.Contains("--mail-port", exception.Message);
    }

    private static (string?, string?, string?) Describe(HttpContentHeaders headers)
    {
        var disposition = headers.ContentDisposition;
        return (headers.ContentType?.MediaType, disposition?.DispositionType, disposition?.FileNameStar ?? disposition?.FileName);
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
            request.Headers.Add(header, value);
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _site.DisposeAsync();
        _folder.Dispose();
    }
}
