using MimeKit;

namespace MovieLms.Worker.Mail;

/// <summary>Writes each mail as a file, for development and for relays that collect from a folder. The file's name is the Message-ID's.</summary>
internal sealed class PickupTransport(string folder) : IMailTransport
{
    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var name = message.MessageId!.Split('@')[0];
        var unfinished = Path.Combine(folder, name + ".part");
        await message.WriteToAsync(unfinished, cancellationToken);
        // Readers see whole mails only, and one sent twice is one file.
        File.Move(unfinished, Path.Combine(folder, name + ".eml"), overwrite: true);
    }
}
