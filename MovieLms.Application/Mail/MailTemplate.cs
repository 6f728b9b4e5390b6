using System.Net;
using System.Text;
using MovieLms.Data.Mail;

namespace MovieLms.Application.Mail;

/// <summary>
/// The one look of the product's mail: a heading, paragraphs, perhaps a code and a button; as HTML that a phone shows well
/// (one column, no pictures, inline styles) and as plain text.
/// </summary>
/// <param name="Subject">The subject line, also the heading.</param>
/// <param name="Paragraphs">Plain text; escaped here.</param>
public sealed record MailTemplate(string Subject, IReadOnlyList<string> Paragraphs)
{
    private const string Product = "MovieLms";
    private const int MaxSubjectLength = 200;

    /// <summary>Lists that follow the paragraphs.</summary>
    public IReadOnlyList<MailSection> Sections { get; init; } = [];

    /// <summary>A code to be typed, shown large.</summary>
    public string? Code { get; init; }

    /// <summary>A link to follow, shown as a button and written out.</summary>
    public (string Label, string Url)? Button { get; init; }

    /// <summary>What comes after code and button, small.</summary>
    public string? Footnote { get; init; }

    /// <summary>A link below the footnote, for the few who look for it.</summary>
    public (string Label, string Url)? FootLink { get; init; }

    /// <summary>The mail to somebody.</summary>
    public OutgoingMail To(string address) => new(address, SubjectLine(), PlainText(), Html());

    /// <summary>User-given text in a subject must not break out of its line.</summary>
    private string SubjectLine()
    {
        var line = string.Concat(Subject.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxSubjectLength ? line : line[..MaxSubjectLength];
    }

    private string PlainText()
    {
        var text = new StringBuilder().Append(Product).Append("\n\n").Append(Subject).Append("\n\n");
        foreach (var paragraph in Paragraphs)
            text.Append(paragraph).Append("\n\n");
        foreach (var section in Sections)
        {
            text.Append(section.Heading).Append('\n');
            foreach (var item in section.Items)
                text.Append("  - ").Append(item).Append('\n');
            text.Append('\n');
        }
        if (Code is not null)
            text.Append("    ").Append(Code).Append("\n\n");
        if (Button is { } button)
            text.Append(button.Label).Append(":\n").Append(button.Url).Append("\n\n");
        if (Footnote is not null)
            text.Append(Footnote).Append('\n');
        if (FootLink is { } link)
            text.Append(link.Label).Append(": ").Append(link.Url).Append('\n');
        return text.ToString();
    }

    private string Html()
    {
        var body = new StringBuilder();
        foreach (var paragraph in Paragraphs)
            body.Append("<p style=\"margin:0 0 16px\">").Append(Escape(paragraph)).Append("</p>");
        foreach (var section in Sections)
        {
            body.Append("<h2 style=\"margin:0 0 8px;font-size:16px\">")
                .Append(Escape(section.Heading))
                .Append("</h2><ul style=\"margin:0 0 16px;padding-left:20px\">");
            foreach (var item in section.Items)
                body.Append("<li>").Append(Escape(item)).Append("</li>");
            body.Append("</ul>");
        }
        if (Code is not null)
            body.Append("<p style=\"margin:0 0 16px;font:600 32px/1.2 monospace;letter-spacing:6px\">").Append(Escape(Code)).Append("</p>");
        if (Button is { } button)
        {
            body.Append("<p style=\"margin:0 0 16px\"><a href=\"")
                .Append(Escape(button.Url))
                .Append(
                    "\" style=\"display:inline-block;padding:12px 20px;background:#8a1c2b;color:#fff;border-radius:6px;text-decoration:none\">"
                )
                .Append(Escape(button.Label))
                .Append("</a></p><p style=\"margin:0 0 16px;font-size:13px;color:#555;word-break:break-all\">")
                .Append(Escape(button.Url))
                .Append("</p>");
        }
        if (Footnote is not null)
            body.Append("<p style=\"margin:0;font-size:13px;color:#555\">").Append(Escape(Footnote)).Append("</p>");
        if (FootLink is { } link)
        {
            body.Append("<p style=\"margin:0;font-size:13px;color:#555\"><a style=\"color:#555\" href=\"")
                .Append(Escape(link.Url))
                .Append("\">")
                .Append(Escape(link.Label))
                .Append("</a></p>");
        }

        var subject = Escape(Subject);
        return $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{subject}</title></head>
            <body style="margin:0;padding:16px;background:#f4f1ec;font:16px/1.5 system-ui,sans-serif;color:#1d1d1f">
            <div style="max-width:560px;margin:0 auto;background:#fff;border-radius:8px;padding:24px;overflow-wrap:anywhere">
            <p style="margin:0 0 16px;font-weight:700;color:#8a1c2b">{Product}</p>
            <h1 style="margin:0 0 16px;font-size:20px">{subject}</h1>
            {body}
            </div></body></html>
            """;
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A heading and the lines below it, plain text; escaped by the template.</summary>
public sealed record MailSection(string Heading, IReadOnlyList<string> Items);
