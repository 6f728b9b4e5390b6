using MimeKit;

namespace MovieLms.Standalone.Mail;

/// <summary>Reads the messages in a mail folder, which may change at any time.</summary>
internal sealed class CaughtMails(string folder)
{
    private const int MaxListed = 200;
    private const int MaxNameLength = 64;

    /// <summary>Returns up to 200 messages, newest first.</summary>
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

    /// <summary>Returns a message, or null if it does not exist.</summary>
    internal async Task<CaughtMail?> FindAsync(string name, CancellationToken cancellationToken) =>
        GetFile(name) is { } file ? await ReadAsync(file, Describe, cancellationToken) : null;

    /// <summary>Returns an attachment by its index, or null if it does not exist.</summary>
    internal async Task<CaughtAttachment?> FindAttachmentAsync(string name, int index, CancellationToken cancellationToken) =>
        GetFile(name) is { } file ? await ReadAsync(file, (_, message) => Decode(message, index), cancellationToken) : null;

    private FileInfo? GetFile(string name) =>
        // Letters and digits only, so that the path cannot escape the folder.
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
            // With `persistent`, attachments stay on disk until they are decoded.
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
            // Deleted after it was listed, or never existed.
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
