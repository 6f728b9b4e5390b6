using MimeKit;

namespace MovieLms.Standalone.Mail;

/// <summary>Reads the messages in a mail folder, which may change at any time.</summary>
internal sealed class CaughtMails(string folder)
{
    private const int MaxListed = 200;
    private const int MaxNameLength = 64;

    /// <summary>Returns the newest messages first.</summary>
    internal async Task<IReadOnlyList<CaughtMail>> ListAsync(CancellationToken cancellationToken)
    {
        var newest = new DirectoryInfo(folder)
            .GetFiles("*" + MailFolder.Extension)
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .Take(MaxListed);
        var mails = new List<CaughtMail>();
        foreach (var file in newest)
        {
            if (await ReadAsync(file, Describe, cancellationToken) is { } mail)
                mails.Add(mail);
        }

        return mails;
    }

    /// <summary>Returns a message, or null if there is none of that name.</summary>
    internal async Task<CaughtMail?> FindAsync(string name, CancellationToken cancellationToken) =>
        File(name) is { } file ? await ReadAsync(file, Describe, cancellationToken) : null;

    /// <summary>Returns an attachment by its index, or null if there is none.</summary>
    internal async Task<CaughtAttachment?> FindAttachmentAsync(string name, int index, CancellationToken cancellationToken) =>
        File(name) is { } file ? await ReadAsync(file, (_, message) => Decode(message, index), cancellationToken) : null;

    private FileInfo? File(string name) =>
        // Letters and digits only, so that a name cannot lead out of the folder.
        name.Length
            is > 0
                and <= MaxNameLength
        && name.All(char.IsAsciiLetterOrDigit)
            ? new FileInfo(Path.Combine(folder, name + MailFolder.Extension))
            : null;

    private static async Task<T?> ReadAsync<T>(FileInfo file, Func<FileInfo, MimeMessage, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            // Persistent: attachments stay on disk until they are decoded.
            using var message = await MimeMessage.LoadAsync(stream, persistent: true, cancellationToken);
            return read(file, message);
        }
        catch (FormatException)
        {
            using var unreadable = new MimeMessage { Subject = "(not a valid message)", Date = file.LastWriteTimeUtc };
            return read(file, unreadable);
        }
        catch (FileNotFoundException)
        {
            // Pruned since it was listed, or never there.
            return null;
        }
    }

    private static CaughtMail Describe(FileInfo file, MimeMessage message) =>
        new(
            Path.GetFileNameWithoutExtension(file.Name),
            message.Date == default ? file.LastWriteTimeUtc : message.Date,
            message.To.ToString(),
            message.Subject ?? string.Empty,
            message.TextBody ?? string.Empty,
            message.HtmlBody,
            [.. message.Attachments.Select(part => part.ContentDisposition?.FileName ?? part.ContentType.Name ?? part.ContentType.MimeType)]
        );

    private static CaughtAttachment? Decode(MimeMessage message, int index)
    {
        if (message.Attachments.ElementAtOrDefault(index) is not MimePart { Content: { } stored } part)
            return null;
        using var content = new MemoryStream();
        stored.DecodeTo(content);
        return new CaughtAttachment(part.FileName ?? $"attachment-{index}", part.ContentType.MimeType, content.ToArray());
    }
}
