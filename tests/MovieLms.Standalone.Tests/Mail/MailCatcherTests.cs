using System.Runtime.Versioning;
using MailKit.Net.Smtp;
using MimeKit;
using MovieLms.Standalone.Mail;
using MovieLms.Testing;

namespace MovieLms.Standalone.Tests.Mail;

public sealed class MailCatcherTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private MailCatcher _catcher = null!;

    private string Folder => Path.Combine(_data.Path, "mail");

    private MailCatcherOptions Options =>
        new()
        {
            Folder = Folder,
            MaxMessageBytes = 100_000,
            MaxRecipients = 3,
            MaxSessions = 2,
            MaxKeptMessages = 5,
            MaxKeptBytes = 150_000,
        };

    public ValueTask InitializeAsync()
    {
        _catcher = MailCatcher.Start(Options);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_message_is_stored_as_it_was_sent()
    {
        var sent = Message("1@example.test", "Grüße\n.\n..\nend");
        await SendAsync(sent);
        using var stored = await MimeMessage.LoadAsync(Assert.Single(Stored()));
        Assert.Equal((sent.MessageId, sent.Subject), (stored.MessageId, stored.Subject));
        Assert.Equal("Grüße\n.\n..\nend", stored.TextBody!.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public async Task A_message_that_is_delivered_twice_is_stored_once()
    {
        await SendAsync(Message("same@example.test", "first"));
        await SendAsync(Message("same@example.test", "second"));
        await SendAsync(Message("other@example.test", "third"));
        Assert.Equal(2, Stored().Length);
        Assert.DoesNotContain(Stored(), file => File.ReadAllText(file).Contains("first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_without_an_id_are_all_stored()
    {
        for (var i = 0; i < 2; i++)
        {
            using var client = await RawSmtp.BeginAsync(_catcher.Port);
            Assert.StartsWith("250", await client.SendAsync("Subject: twice\r\n\r\ntext\r\n."));
        }
        Assert.Equal(2, Stored().Length);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_rejected_with_552_and_the_session_continues()
    {
        using var client = await RawSmtp.BeginAsync(_catcher.Port);
        var line = new string('x', 998) + "\r\n";
        // The text contains commands, which must not be executed.
        var content = "Subject: large\r\n\r\n" + string.Concat(Enumerable.Repeat(line, 200)) + "QUIT\r\n";
        Assert.StartsWith("552", await client.SendAsync(content + "."));
        Assert.StartsWith("552", await client.SendAsync("MAIL FROM:<a@example.test> SIZE=100001"));
        await client.BeginMessageAsync();
        Assert.StartsWith("250", await client.SendAsync("Subject: small\r\n\r\ntext\r\n."));
        Assert.Contains("small", await File.ReadAllTextAsync(Assert.Single(Stored())));
    }

    [Fact]
    public async Task A_mail_client_gets_552_for_a_message_that_is_too_large()
    {
        var exception = await Assert.ThrowsAsync<SmtpCommandException>(() =>
            SendAsync(Message("1@example.test", new string('x', 200_000)))
        );
        Assert.Equal(552, (int)exception.StatusCode);
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task A_bad_command_is_rejected_and_the_session_continues()
    {
        var (client, greeting) = await RawSmtp.ConnectAsync(_catcher.Port);
        using (client)
        {
            Assert.StartsWith("220 ", greeting);
            foreach (var early in new[] { "NONSENSE", "DATA" })
                Assert.StartsWith("50", await client.SendAsync(early));
            Assert.StartsWith("250", await client.SendAsync("EHLO test"));
            foreach (var command in new[] { "STARTTLS", "AUTH PLAIN AAAA", "DATA" })
                Assert.StartsWith("501", await client.SendAsync(command));
            Assert.StartsWith("250", await client.SendAsync("NOOP"));
            Assert.StartsWith("221", await client.SendAsync("QUIT"));
        }
    }

    [Fact]
    public async Task An_endless_command_line_is_rejected()
    {
        var (client, _) = await RawSmtp.ConnectAsync(_catcher.Port);
        using (client)
            Assert.StartsWith("500", await client.SendBytesAsync(new byte[10_000]));
    }

    [Fact]
    public async Task Recipients_above_the_limit_are_rejected()
    {
        var (client, _) = await RawSmtp.ConnectAsync(_catcher.Port);
        using (client)
        {
            await client.SendAsync("EHLO test");
            await client.SendAsync("MAIL FROM:<a@example.test>");
            for (var i = 0; i < 3; i++)
                Assert.StartsWith("250", await client.SendAsync($"RCPT TO:<b{i}@example.test>"));
            Assert.StartsWith("452", await client.SendAsync("RCPT TO:<b@example.test>"));
            Assert.StartsWith("354", await client.SendAsync("DATA"));
        }
    }

    [Fact]
    public async Task Sessions_above_the_limit_are_rejected_with_421()
    {
        var (first, _) = await RawSmtp.ConnectAsync(_catcher.Port);
        var (second, _) = await RawSmtp.ConnectAsync(_catcher.Port);
        using (first)
        {
            var (third, greeting) = await RawSmtp.ConnectAsync(_catcher.Port);
            third.Dispose();
            Assert.StartsWith("421", greeting);
            second.Dispose();
            await Eventually.WaitUntilAsync(GreetsAsync, "a session is available again");
        }
    }

    [Fact]
    public async Task Messages_of_parallel_clients_are_all_stored()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(async client =>
                {
                    for (var i = 0; i < 2; i++)
                        await SendWithRetryAsync(Message($"{client}-{i}@example.test", "text"));
                })
        );
        Assert.Equal(4, Stored().Length);
    }

    /// <summary>Retries while the server is busy: a session still counts for a moment after its client has closed it.</summary>
    private Task SendWithRetryAsync(MimeMessage message) =>
        Eventually.WaitUntilAsync(
            async () =>
            {
                try
                {
                    await SendAsync(message);
                    return true;
                }
                catch (SmtpCommandException e) when (e.StatusCode == SmtpStatusCode.ServiceNotAvailable)
                {
                    return false;
                }
            },
            "a session is available"
        );

    [Fact]
    public async Task The_oldest_messages_are_deleted()
    {
        for (var i = 0; i < 7; i++)
            await SendAsync(Message($"{i}@example.test", $"number {i}"));
        Assert.Equal(["number 2", "number 3", "number 4", "number 5", "number 6"], await NumbersAsync());
        await SendAsync(Message("7@example.test", "number 7 " + new string('x', 80_000)));
        await SendAsync(Message("8@example.test", "number 8 " + new string('x', 80_000)));
        Assert.Equal(["number 8"], await NumbersAsync());
    }

    [Fact]
    public async Task A_message_that_cannot_be_stored_is_rejected_temporarily()
    {
        using var client = await RawSmtp.BeginAsync(_catcher.Port);
        Directory.Delete(Folder, recursive: true);
        Assert.StartsWith("451", await client.SendAsync("Subject: one\r\n\r\ntext\r\n."));
        Directory.CreateDirectory(Folder);
        await client.BeginMessageAsync();
        Assert.StartsWith("250", await client.SendAsync("Subject: one\r\n\r\ntext\r\n."));
        Assert.Single(Stored());
    }

    [Fact]
    public async Task An_interrupted_message_is_not_stored()
    {
        using (var client = await RawSmtp.BeginAsync(_catcher.Port))
            await client.WriteAsync("Subject: half\r\n\r\nte"u8.ToArray());
        await SendAsync(Message("1@example.test", "text"));
        Assert.DoesNotContain("half", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Folder))));
    }

    [Fact]
    public async Task Stopping_the_server_sends_no_permanent_failure()
    {
        using var client = await RawSmtp.BeginAsync(_catcher.Port);
        await _catcher.DisposeAsync();
        Assert.DoesNotMatch("^5", await client.ReplyAsync());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_the_files()
    {
        await SendAsync(Message("1@example.test", "text"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Stored())));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public async Task A_restart_keeps_the_messages_and_deletes_unfinished_files()
    {
        await SendAsync(Message("1@example.test", "text"));
        await _catcher.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder, "0.part"), "half");
        await using var again = MailCatcher.Start(Options);
        Assert.Single(Stored());
        Assert.Single(Directory.GetFiles(Folder));
    }

    [Fact]
    public void The_error_for_a_port_in_use_names_the_option()
    {
        var exception = Assert.Throws<StandaloneException>(() => MailCatcher.Start(Options with { Port = _catcher.Port }));
        Assert.Contains("--smtp-port", exception.Message);
    }

    private string[] Stored() => Directory.GetFiles(Folder, "*.eml");

    private async Task<string[]> NumbersAsync()
    {
        var numbers = new List<string>();
        foreach (var file in Stored())
        {
            using var message = await MimeMessage.LoadAsync(file);
            numbers.Add(message.TextBody![.."number 0".Length]);
        }
        return [.. numbers.Order()];
    }

    private async Task<bool> GreetsAsync()
    {
        var (client, greeting) = await RawSmtp.ConnectAsync(_catcher.Port);
        client.Dispose();
        return greeting.StartsWith("220", StringComparison.Ordinal);
    }

    private async Task SendAsync(MimeMessage message)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync("127.0.0.1", _catcher.Port, MailKit.Security.SecureSocketOptions.None);
        await client.SendAsync(message);
        await client.DisconnectAsync(quit: true);
    }

    private static MimeMessage Message(string id, string text)
    {
        var message = new MimeMessage
        {
            MessageId = id,
            Subject = "A test",
            Body = new TextPart("plain") { Text = text },
        };
        message.From.Add(MailboxAddress.Parse("school@example.test"));
        message.To.Add(MailboxAddress.Parse("ida@example.test"));
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        await _catcher.DisposeAsync();
        _data.Dispose();
    }
}
