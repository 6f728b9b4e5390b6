using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using MongoDB.Driver;
using MovieLms.Application.Mail;
using MovieLms.Data.Mail;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Worker.Mail;
using MovieLms.Worker.Telemetry;

namespace MovieLms.Worker.Tests.Mail;

public sealed class OutboxSenderTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SmtpSink _server = new();
    private readonly string _name = BackingServices.CreateName();
    private MongoClient _client = null!;
    private OutboxStore _outbox = null!;

    public async ValueTask InitializeAsync()
    {
        MongoSerialization.Register();
        _client = new MongoClient((await BackingServices.GetAsync()).MongoServer);
        _outbox = new OutboxStore(_client.GetDatabase(_name), _time);
        await _outbox.EnsureIndexesAsync(IndexBuilder.Creating, default);
    }

    [Fact]
    public async Task A_mail_has_text_html_its_attachment_and_a_stable_message_id()
    {
        var mail = new MailTemplate("Films & friends", ["Hello <Ida>,"])
        {
            Code = "123456",
            Button = ("Open", "https://example.test/?a=1&b=2"),
        }.To("ida@example.test");
        await _outbox.AddAsync(mail with { Attachments = [new("report.pdf", "application/pdf", [1, 2, 3])] }, default);
        Assert.True(await Sender("none").RunNextAsync(default));
        var (recipients, content) = Assert.Single(_server.Mails);
        Assert.Contains("<ida@example.test>", recipients);
        using var message = await MimeMessage.LoadAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)));
        Assert.Equal("Films & friends", message.Subject);
        Assert.Contains("    123456", message.TextBody);
        Assert.Contains("Hello &lt;Ida&gt;,", message.HtmlBody);
        Assert.Contains("viewport", message.HtmlBody);
        Assert.Single(message.Attachments);
        Assert.EndsWith("@movielms.test", message.MessageId);
        var stored = await StoredAsync();
        Assert.Equal(MailState.Sent, stored.State);
        Assert.Null(stored.Text);
        Assert.StartsWith(stored.Id.ToString(), message.MessageId);
        Assert.False(await Sender("none").RunNextAsync(default));
    }

    [Fact]
    public async Task A_temporary_failure_is_retried_and_a_permanent_one_is_not()
    {
        _server.Refusals.Enqueue("451 later");
        await _outbox.AddAsync(new OutgoingMail("a@example.test", "One", "text", "<p>html</p>"), default);
        await Sender("none").RunNextAsync(default);
        Assert.Equal(MailState.Queued, (await StoredAsync()).State);
        Assert.False(await Sender("none").RunNextAsync(default));
        _time.Advance(OutboxSender.GetRetryDelay(1));
        _server.Refusals.Enqueue("550 no such mailbox");
        Assert.True(await Sender("none").RunNextAsync(default));
        var stored = await StoredAsync();
        Assert.Equal(MailState.Dead, stored.State);
        Assert.DoesNotContain("@", stored.LastError);
    }

    [Fact]
    public async Task A_mail_that_is_retried_becomes_overdue()
    {
        await _outbox.AddAsync(new OutgoingMail("a@example.test", "One", "text", "<p>html</p>"), default);
        var late = TimeSpan.FromMinutes(10);
        for (var attempt = 1; attempt <= 7; attempt++)
        {
            Assert.Equal((0, 0), await _outbox.CountAsync(late, default));
            _server.Refusals.Enqueue("451 later");
            Assert.True(await Sender("none").RunNextAsync(default));
            _time.Advance(OutboxSender.GetRetryDelay(attempt));
        }
        // More than ten minutes have passed since the mail was added, although each attempt postponed the next one.
        Assert.Equal((1, 0), await _outbox.CountAsync(late, default));
    }

    [Fact]
    public async Task A_mail_that_cannot_be_sent_is_dead_after_ten_attempts()
    {
        await _outbox.AddAsync(new OutgoingMail("a@example.test", "One", "text", "<p>html</p>"), default);
        for (var i = 0; i < OutboxSender.MaxAttempts; i++)
            _server.Refusals.Enqueue("451 later");
        var attempts = 0;
        while (await Sender("none").RunNextAsync(default))
        {
            attempts++;
            _time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(OutboxSender.MaxAttempts, attempts);
        Assert.Equal(MailState.Dead, (await StoredAsync()).State);
    }

    [Fact]
    public async Task A_server_without_STARTTLS_receives_no_mail_and_no_password()
    {
        await _outbox.AddAsync(new OutgoingMail("a@example.test", "One", "text", "<p>html</p>"), default);
        await Sender("starttls", "user:secret-password@").RunNextAsync(default);
        Assert.Empty(_server.Mails);
        Assert.DoesNotContain(
            _server.Commands,
            command =>
                command.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase)
                || command.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Equal(MailState.Queued, (await StoredAsync()).State);
    }

    [Fact]
    public async Task Another_worker_sends_a_mail_after_the_lease_of_a_dead_sender_expires()
    {
        await _outbox.AddAsync(new OutgoingMail("a@example.test", "One", "text", "<p>html</p>"), default);
        Assert.NotNull(await _outbox.ClaimAsync(OutboxSender.Lease, default));
        Assert.False(await Sender("none").RunNextAsync(default));
        _time.Advance(OutboxSender.Lease);
        Assert.True(await Sender("none").RunNextAsync(default));
        Assert.Single(_server.Mails);
    }

    [Fact]
    public async Task Adding_mail_with_the_same_key_adds_one_mail()
    {
        var mail = new OutgoingMail("a@example.test", "One", "text", "<p>html</p>") { Key = "report:1" };
        Assert.True(await _outbox.AddAsync(mail, default));
        Assert.False(await _outbox.AddAsync(mail, default));
    }

    [Theory]
    [InlineData("a@example.test\r\nBcc: b@example.test", "Subject")]
    [InlineData("a@example.test", "Subject\r\nBcc: b@example.test")]
    [InlineData("a@example.test", "Subject\n\nanother body")]
    public async Task A_line_break_in_a_header_value_is_rejected(string to, string subject) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _outbox.AddAsync(new OutgoingMail(to, subject, "text", "html"), default));

    [Fact]
    public async Task A_line_break_in_a_template_cannot_add_a_header()
    {
        await _outbox.AddAsync(new MailTemplate("For Ida\r\nBcc: evil@example.test", ["x"]).To("a@example.test"), default);
        await Sender("none").RunNextAsync(default);
        var (recipients, content) = Assert.Single(_server.Mails);
        Assert.DoesNotContain("evil", recipients);
        Assert.DoesNotContain("\nBcc:", content[..content.IndexOf("\n\n", StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("smtp://u%40x:p%3Aw@mail.example:587?tls=starttls", "mail.example", 587, "u@x", "p:w")]
    [InlineData("smtp://mail.example", "mail.example", 587, null, null)]
    [InlineData("smtps://mail.example", "mail.example", 465, null, null)]
    public void Connection_strings_are_parsed(string text, string host, int port, string? user, string? password)
    {
        var connection = MailConnection.Parse(text);
        Assert.Equal((host, port, user, password), (connection.Host, connection.Port, connection.User, connection.Password));
    }

    [Theory]
    [InlineData("mail.example:25")]
    [InlineData("http://mail.example")]
    [InlineData("smtp://mail.example?tls=perhaps")]
    public void Invalid_connection_strings_are_rejected_and_not_repeated_in_the_message(string text) =>
        Assert.DoesNotContain("mail.example", Assert.Throws<InvalidOperationException>(() => MailConnection.Parse(text)).Message);

    [Fact]
    public void A_pickup_folder_is_rejected_with_the_alternative() =>
        Assert.Contains(
            "--backing-only=mail",
            Assert.Throws<InvalidOperationException>(() => MailConnection.Parse("pickup:///data/mail")).Message
        );

    private OutboxSender Sender(string tls, string user = "") =>
        new(
            _outbox,
            new SmtpTransport(MailConnection.Parse($"smtp://{user}127.0.0.1:{_server.Port}?tls={tls}")),
            new MailComposer(MailboxAddress.Parse("MovieLms <no-reply@movielms.test>")),
            new WorkerMetrics(),
            _time,
            NullLogger<OutboxSender>.Instance
        );

    private Task<MailDocument> StoredAsync() =>
        _client.GetDatabase(_name).GetCollection<MailDocument>(CollectionNames.Outbox).Find(_ => true).SingleAsync();

    public async ValueTask DisposeAsync()
    {
        await _client.DropDatabaseAsync(_name);
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
