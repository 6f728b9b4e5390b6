namespace MovieLms.Standalone.Mail;

/// <summary>A message that the mail catcher stored.</summary>
/// <param name="Name">The file's name without its extension. Identifies the message in URLs.</param>
/// <param name="To">The recipients in the header.</param>
/// <param name="Attachments">The file names.</param>
internal sealed record CaughtMail(
    string Name,
    DateTimeOffset Date,
    string To,
    string Subject,
    string Text,
    string? Html,
    IReadOnlyList<string> Attachments
);

/// <summary>A decoded attachment.</summary>
internal sealed record CaughtAttachment(string FileName, string ContentType, byte[] Content);
