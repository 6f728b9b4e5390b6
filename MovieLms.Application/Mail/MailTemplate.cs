using System.Text;
using MovieLms.Data.Mail;

namespace MovieLms.Application.Mail;

/// <summary>
/// The content of all mail: a heading, paragraphs, and optionally lists, a code and a button. Rendered as plain text and as HTML.
/// </summary>
/// <param name="Subject">The subject line and the heading.</param>
/// <param name="Paragraphs">Plain text; the template escapes it.</param>
public sealed record MailTemplate(string Subject, IReadOnlyList<string> Paragraphs)
{
    internal const string Product = "MovieLms";
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
    public OutgoingMail To(string address) => new(address, GetSubjectLine(), RenderText(), MailHtml.Render(this));

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
            {
                text.Append("  - ").Append(item.Text).Append('\n');
                if (item.Url is not null)
                    text.Append("    ").Append(item.Url).Append('\n');
            }
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
}

/// <summary>A heading and the items below it.</summary>
public sealed record MailSection(string Heading, IReadOnlyList<MailItem> Items);

/// <summary>An item of a list, as plain text, and the page that it links to.</summary>
public sealed record MailItem(string Text, string? Url = null);
