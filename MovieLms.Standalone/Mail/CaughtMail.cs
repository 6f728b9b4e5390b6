namespace MovieLms.Standalone.Mail;

/// <summary>A message stored by the mail catcher. <c>Name</c>, the name of its file without the extension, identifies it in URLs.</summary>
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
