using System.Globalization;
using System.Net;
using System.Text;

namespace MovieLms.Standalone.Mail;

/// <summary>Renders the inbox as HTML: the list of messages, and single messages.</summary>
internal static class MailHtml
{
    private const string Style = """
        body{margin:0;background:#f4f1ec;font:16px/1.5 system-ui,sans-serif;color:#1d1d1f}
        header{background:#1d1d1f;color:#fff;padding:12px 16px} header a{color:#fff;text-decoration:none;font-weight:700}
        main{max-width:860px;margin:0 auto;padding:16px} h1{font-size:22px;margin:8px 0 16px}
        .card{display:block;background:#fff;border-radius:8px;padding:14px 16px;margin:0 0 8px;color:inherit;text-decoration:none;overflow-wrap:anywhere}
        a.card:hover{outline:2px solid #8a1c2b} .card b{display:block} .small{font-size:14px;color:#555}
        .small span{margin-right:12px;white-space:nowrap} .files a{margin-right:12px;color:#8a1c2b}
        iframe{display:block;width:100%;height:640px;border:0;border-radius:8px;background:#f4f1ec}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 0;font:14px/1.5 ui-monospace,monospace} summary{cursor:pointer}
        """;

    internal static string RenderList(IReadOnlyList<CaughtMail> mails)
    {
        var html = new StringBuilder("<h1>Caught mail</h1>");
        if (mails.Count == 0)
            html.Append("<p class=\"card\">No mail yet. Register an account or request a password reset to receive a message here.</p>");

        foreach (var mail in mails)
        {
            html.Append("<a class=\"card\" href=\"/mail/")
                .Append(Escape(mail.Name))
                .Append("\"><b>")
                .Append(Escape(mail.Subject))
                .Append("</b>");
            AppendDetails(html, mail);
            html.Append("</a>");
        }
        return RenderPage("Caught mail", html.ToString());
    }

    internal static string RenderMail(CaughtMail mail)
    {
        var html = new StringBuilder("<h1>").Append(Escape(mail.Subject)).Append("</h1><div class=\"card\">");
        AppendDetails(html, mail);
        if (mail.Attachments.Count > 0)
            html.Append("<div class=\"files\">");
        for (var i = 0; i < mail.Attachments.Count; i++)
        {
            html.Append(
                    CultureInfo.InvariantCulture,
                    $"<a href=\"/mail/{Escape(mail.Name)}/attachments/{i}\" target=\"_blank\" rel=\"noopener\">"
                )
                .Append(Escape(mail.Attachments[i]))
                .Append("</a>");
        }
        if (mail.Attachments.Count > 0)
            html.Append("</div>");
        html.Append("</div>");
        // The sandboxed frame runs no scripts and does not share this page's origin. Its links open in a new tab.
        if (mail.Html is not null)
        {
            html.Append("<iframe title=\"Message\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"")
                .Append(Escape(WithTarget(mail.Html)))
                .Append("\"></iframe>");
        }

        html.Append("<details class=\"card\"")
            .Append(mail.Html is null ? " open" : "")
            .Append("><summary>As plain text</summary><pre>")
            .Append(Escape(mail.Text))
            .Append("</pre></details>");
        return RenderPage(mail.Subject, html.ToString());
    }

    private static void AppendDetails(StringBuilder html, CaughtMail mail)
    {
        html.Append("<div class=\"small\"><span>To ")
            .Append(Escape(mail.To))
            .Append("</span> <span>")
            .Append(mail.Date.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture))
            .Append(" UTC</span>");
        if (mail.Attachments.Count > 0)
            html.Append(CultureInfo.InvariantCulture, $" <span>{mail.Attachments.Count} attached</span>");
        html.Append("</div>");
    }

    private static string WithTarget(string html) =>
        html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.OrdinalIgnoreCase);

    private static string RenderPage(string title, string body) =>
        $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{Escape(title)} - MovieLms</title><style>{Style}</style></head>
            <body><header><a href="/mail">MovieLms mail</a></header><main>{body}</main></body></html>
            """;

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
