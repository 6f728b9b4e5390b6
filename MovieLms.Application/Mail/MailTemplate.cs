using System.Net;
using System.Text;
using MovieLms.Data.Mail;

namespace MovieLms.Application.Mail;

/// <summary>
/// The layout of all mail: a heading, paragraphs, and optionally a code and a button. Rendered as plain text and as HTML that works on
/// phones (one column, no images, inline styles).
/// </summary>
/// <param name="Subject">The subject line and the heading.</param>
/// <param name="Paragraphs">Plain text; the template escapes it.</param>
public sealed record MailTemplate(string Subject, IReadOnlyList<string> Paragraphs)
{
    private const string Product = "MovieLms";
    private const int MaxSubjectLength = 200;

    /// <summary>Lists below the paragraphs.</summary>
    public IReadOnlyList<MailSection> Sections { get; init; } = [];

    /// <summary>A code for the reader to type, in large letters.</summary>
    public string? Code { get; init; }

    /// <summary>A link, shown as a button and as text.</summary>
    public (string Label, string Url)? Button { get; init; }

    /// <summary>Small print below the code and the button.</summary>
    public string? Footnote { get; init; }

    /// <summary>A link below the footnote, such as one to unsubscribe.</summary>
    public (string Label, string Url)? FootLink { get; init; }

    /// <summary>Renders the mail for a recipient.</summary>
    public OutgoingMail To(string address) => new(address, GetSubjectLine(), RenderText(), RenderHtml());

    /// <summary>Returns the subject on one line: user input must not add headers.</summary>
    private string GetSubjectLine()
    {
        var line = string.Concat(Subject.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaxSubjectLength ? line : line[..MaxSubjectLength];
    }

    private string RenderText()
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

    private string RenderHtml()
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

/// <summary>A heading and the items below it, as plain text; the template escapes it.</summary>
public sealed record MailSection(string Heading, IReadOnlyList<string> Items);
