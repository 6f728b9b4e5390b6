using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MovieLms.ApiService.Tests.Identity;
using MovieLms.Data.Mail;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Mail;

/// <summary>The outbox as administrators see it.</summary>
public sealed class OutboxTests(IdentityHost fixture) : IClassFixture<IdentityHost>
{
    private const string Secret = "a-link-that-signs-in";
    private readonly ServiceHost _host = fixture.Host;

    private OutboxStore Outbox => _host.App.Services.GetRequiredService<OutboxStore>();

    [Fact]
    public async Task Mail_is_listed_newest_first_without_its_content()
    {
        var admin = (await _host.SignInAdminAsync()).Client;
        var subject = await AddAsync();
        var text = await admin.GetStringAsync("/api/outbox?limit=5");
        Assert.DoesNotContain(Secret, text);
        using var page = JsonDocument.Parse(text);
        var mail = page.RootElement.GetProperty("items")[0];
        Assert.Equal(subject, mail.GetProperty("subject").GetString());
        Assert.Equal("ida@example.test", mail.GetProperty("to").GetString());
        Assert.Equal("queued", mail.GetProperty("state").GetString());
        Assert.Equal(["report.pdf"], mail.GetProperty("attachments").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(0, mail.GetProperty("attempts").GetInt32());
        Assert.Equal(JsonValueKind.Null, mail.GetProperty("nextAttemptAt").ValueKind);
        foreach (var type in new[] { "text/csv", "application/x-ndjson" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/outbox") { Headers = { { "Accept", type } } };
            using var export = await admin.SendAsync(request);
            var content = await export.Content.ReadAsStringAsync();
            Assert.Contains(subject, content);
            Assert.DoesNotContain(Secret, content);
        }
    }

    [Fact]
    public async Task A_mail_that_failed_permanently_is_listed_by_its_state_and_retried_on_request()
    {
        var (student, admin) = ((await _host.SignInStudentAsync()).Client, (await _host.SignInAdminAsync()).Client);
        var subject = await AddAsync();
        await ClaimAllAsync(mail => Outbox.MarkFailedAsync(mail, "IOException", null, default));
        var failed = await FindAsync(admin, "dead", subject);
        Assert.Equal("IOException", failed.GetProperty("lastError").GetString());
        var path = $"/api/outbox/{failed.GetProperty("id").GetString()}/retry";

        Assert.Equal(HttpStatusCode.Forbidden, (await student.PostAsync(path, null)).StatusCode);
        using var retried = await admin.PostAsync(path, null);
        Assert.Equal("queued", (await retried.JsonAsync()).GetProperty("state").GetString());
        await (await admin.PostAsync(path, null)).AssertProblemAsync(409);
        Assert.Equal(0, (await FindAsync(admin, "queued", subject)).GetProperty("attempts").GetInt32());
        var audit = await admin.GetFromJsonAsync<JsonElement>("/api/audit?action=mail.retry");
        Assert.Contains(
            audit.GetProperty("items").EnumerateArray(),
            entry => entry.GetProperty("detail").GetString() == failed.GetProperty("id").GetString()
        );

        await ClaimAllAsync(mail => Outbox.MarkSentAsync(mail.Id, default));
        await (await admin.PostAsync(path, null)).AssertProblemAsync(409);
        Assert.NotEqual(JsonValueKind.Null, (await FindAsync(admin, "sent", subject)).GetProperty("sentAt").ValueKind);
    }

    [Theory]
    [InlineData("/api/outbox?state=lost", "state")]
    [InlineData("/api/outbox?cursor=made-up", "cursor")]
    public async Task An_invalid_parameter_returns_400_and_is_named(string path, string field) =>
        await (await (await _host.SignInAdminAsync()).Client.GetAsync(path)).AssertProblemAsync(400, field);

    private async Task<string> AddAsync()
    {
        var subject = $"Report {Guid.NewGuid():N}";
        var mail = new OutgoingMail("ida@example.test", subject, $"Open {Secret}", $"<a href=\"{Secret}\">Open</a>")
        {
            Attachments = [new MailAttachment("report.pdf", "application/pdf", [1, 2, 3])],
        };
        await Outbox.AddAsync(mail, default);
        return subject;
    }

    private async Task ClaimAllAsync(Func<MailDocument, Task> handle)
    {
        while (await Outbox.ClaimAsync(TimeSpan.FromMinutes(1), default) is { } mail)
            await handle(mail);
    }

    private static async Task<JsonElement> FindAsync(HttpClient admin, string state, string subject)
    {
        var page = await admin.GetFromJsonAsync<JsonElement>($"/api/outbox?limit=100&state={state}");
        return page.GetProperty("items").EnumerateArray().Single(mail => mail.GetProperty("subject").GetString() == subject);
    }
}
