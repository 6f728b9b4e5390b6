using MimeKit;
using MovieLms.Standalone.Mail;

namespace MovieLms.Testing;

/// <summary>The product's mail catcher with a temporary folder, for services that run as processes.</summary>
public sealed class TestMailCatcher : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MailCatcher _catcher;

    private TestMailCatcher(int port) => _catcher = MailCatcher.Start(new MailCatcherOptions { Port = port, Folder = _folder.Path });

    /// <summary>The value of <c>ConnectionStrings:smtp</c>.</summary>
    public string ConnectionString => _catcher.ConnectionString;

    /// <summary>Starts the mail catcher on a port, or on any free port by default.</summary>
    public static TestMailCatcher Start(int port = 0) => new(port);

    /// <summary>Returns the messages with a subject, in no particular order.</summary>
    public async Task<IReadOnlyList<MimeMessage>> FindAsync(string subject)
    {
        var found = new List<MimeMessage>();
        foreach (var file in Directory.GetFiles(_folder.Path, "*.eml"))
        {
            var message = await MimeMessage.LoadAsync(file);
            if (message.Subject == subject)
                found.Add(message);
        }
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await _catcher.DisposeAsync();
        _folder.Dispose();
    }
}
