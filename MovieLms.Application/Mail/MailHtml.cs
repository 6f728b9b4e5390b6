using System.Net;
using System.Text;

namespace MovieLms.Application.Mail;

/// <summary>
/// Renders a mail as HTML with the look of the console: one column and no images. Colors are inline, because some clients ignore style
/// elements. The others also get the colors for dark mode.
/// </summary>
internal static class MailHtml
{
    private const string DarkMode = """
        @media (prefers-color-scheme:dark){
        .paper{background:#151315!important;color:#f2eeea!important}
        .card{background:#1f1c1f!important;border-color:#383238!important}
        .brand,.link{color:#ff8c9b!important}
        .button{background:#ff8c9b!important;color:#2b070e!important}
        .muted{color:#b5ada6!important}
        .code{background:#292529!important}
        }
        """;

    private const string Card = "border-radius:10px;overflow-wrap:anywhere";
    private const string Sans = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
    private const string Muted = "margin:0;font-size:14px;color:#625b54";
    private const string Serif = "font-family:'Iowan Old Style','Palatino Linotype',Palatino,Georgia,serif";

    internal static string Render(MailTemplate mail)
    {
        var body = new StringBuilder();
        foreach (var paragraph in mail.Paragraphs)
            body.Append("<p style=\"margin:0 0 16px\">").Append(Escape(paragraph)).Append("</p>");
        foreach (var section in mail.Sections)
            AppendSection(body, section);
        if (mail.Code is not null)
        {
            body.Append(
                    "<p class=\"code\" style=\"display:inline-block;margin:0 0 20px;padding:8px 16px;background:#efeae2;border-radius:6px;"
                )
                .Append("font:600 32px/1.2 monospace;letter-spacing:6px\">")
                .Append(Escape(mail.Code))
                .Append("</p>");
        }
        if (mail.Button is { } button)
            AppendButton(body, button.Label, button.Url);
        if (mail.Footnote is not null)
            body.Append("<p class=\"muted\" style=\"").Append(Muted).Append("\">").Append(Escape(mail.Footnote)).Append("</p>");
        if (mail.FootLink is { } link)
        {
            body.Append("<p class=\"muted\" style=\"").Append(Muted).Append("\">");
            AppendLink(body, link.Label, link.Url);
            body.Append("</p>");
        }

        var subject = Escape(mail.Subject);
        return $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{subject}</title>
            <style>{DarkMode}</style></head>
            <body class="paper" style="margin:0;padding:24px 16px;background:#f7f4ef;color:#1f1b19;font:16px/1.6 {Sans}">
            <div class="card" style="max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #e2dbd0;{Card}">
            <p class="brand" style="margin:0 0 20px;font-size:18px;font-weight:600;color:#8a1c2b;{Serif}">{MailTemplate.Product}</p>
            <h1 style="margin:0 0 16px;font-size:24px;line-height:1.25;font-weight:600;{Serif}">{subject}</h1>
            {body}
            </div></body></html>
            """;
    }

    private static void AppendSection(StringBuilder body, MailSection section)
    {
        body.Append("<h2 style=\"margin:24px 0 8px;font-size:18px;font-weight:600;")
            .Append(Serif)
            .Append("\">")
            .Append(Escape(section.Heading))
            .Append("</h2><ul style=\"margin:0 0 20px;padding-left:20px\">");
        foreach (var item in section.Items)
        {
            body.Append("<li style=\"margin:0 0 4px\">");
            if (item.Url is null)
                body.Append(Escape(item.Text));
            else
                AppendLink(body, item.Text, item.Url);
            body.Append("</li>");
        }
        body.Append("</ul>");
    }

    /// <summary>Appends a button, and its address for clients that show no buttons.</summary>
    private static void AppendButton(StringBuilder body, string label, string url) =>
        body.Append("<p style=\"margin:4px 0 16px\"><a class=\"button\" href=\"")
            .Append(Escape(url))
            .Append("\" style=\"display:inline-block;padding:12px 22px;background:#8a1c2b;color:#ffffff;border-radius:6px;font-weight:600;")
            .Append("text-decoration:none\">")
            .Append(Escape(label))
            .Append("</a></p><p class=\"muted\" style=\"margin:0 0 20px;font-size:14px;color:#625b54;word-break:break-all\">")
            .Append(Escape(url))
            .Append("</p>");

    private static void AppendLink(StringBuilder body, string label, string url) =>
        body.Append("<a class=\"link\" style=\"color:#8a1c2b\" href=\"")
            .Append(Escape(url))
            .Append("\">")
            .Append(Escape(label))
            .Append("</a>");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
