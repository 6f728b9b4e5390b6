using MimeKit;

namespace MovieLms.Standalone.Mail;

/// <summary>Mail that went to the pickup folder instead of to anybody.</summary>
/// <param name="Name">The file's name without its ending; names the mail in addresses.</param>
internal sealed record CaughtMail(string Name, DateTimeOffset Date, string To, string Subject, string Text, string? Html, IReadOnlyList<string> Attachments);

/// <summary>Reads the pickup folder.</summary>
internal sealed class CaughtMails(string folder)
{
    private const int MostListed = 200;
    private const string Ending = ".eml";

    /// <summary>The newest first.</summary>
    internal async Task<IReadOnlyList<CaughtMail>> ListAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) return [];
        var newest = new DirectoryInfo(folder).EnumerateFiles("*" + Ending).OrderByDescending(file => file.LastWriteTimeUtc).Take(MostListed);
        var mails = new List<CaughtMail>();
        foreach (var file in newest) mails.Add(await ReadAsync(file, cancellationToken));
        return mails;
    }

    /// <summary>One mail; null when there is none of that name.</summary>
    internal async Task<CaughtMail?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var file = File(name);
        return file is null ? null : await ReadAsync(file, cancellationToken);
    }

    /// <summary>An attachment's name and bytes; null when there is none of that number.</summary>
    internal async Task<(string FileName, byte[] Content)?> AttachmentAsync(string name, int index, CancellationToken cancellationToken)
    {
        if (File(name) is not { } file) return null;
        using var message = await MimeMessage.LoadAsync(file.FullName, cancellationToken);
        if (message.Attachments.ElementAtOrDefault(index) is not MimePart { Content: { } stored } part) return null;
        using var content = new MemoryStream();
        await stored.DecodeToAsync(content, cancellationToken);
        return (part.FileName ?? $"attachment-{index}", content.ToArray());
    }

    private FileInfo? File(string name)
    {
        // Letters and digits only: a name must not lead out of the folder.
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit)) return null;
        var file = new FileInfo(Path.Combine(folder, name + Ending));
        return file.Exists ? file : null;
    }

    private static async Task<CaughtMail> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        using var message = await MimeMessage.LoadAsync(file.FullName, cancellationToken);
        return new CaughtMail(
            Path.GetFileNameWithoutExtension(file.Name), message.Date, message.To.ToString(), message.Subject ?? string.Empty, message.TextBody ?? string.Empty,
            message.HtmlBody, [.. message.Attachments.Select(part => part.ContentDisposition?.FileName ?? part.ContentType.MimeType)]);
    }
}
