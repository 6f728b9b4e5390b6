using System.Globalization;
using System.Net;
using System.Text;
using MovieLms.Web.Pages;

namespace MovieLms.Standalone.Mail;

/// <summary>Renders the inbox as HTML in the style of the console: the list of messages, and single messages.</summary>
internal static class MailHtml
{
    internal static string RenderList(IReadOnlyList<CaughtMail> mails)
    {
        var html = new StringBuilder(
            """
            <header class="page-head"><h1>Caught mail</h1>
            <p class="lead">What MovieLms sent. Nothing leaves this machine.</p></header>
            """
        );
        if (mails.Count == 0)
        {
            html.Append(
                "<div class=\"empty\"><p class=\"empty-title\">No mail yet</p>"
                    + "<p>Register an account or request a password reset to receive a message here.</p></div>"
            );
            return RenderPage("Caught mail", html);
        }
        html.Append("<ul class=\"mail-list\">");
        foreach (var mail in mails)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<li><a class=\"card\" href=\"/mail/{Escape(mail.Name)}\"><span class=\"card-title\">{GetSubject(mail)}</span>"
            );
            AppendDetails(html, mail);
            html.Append("</a></li>");
        }
        html.Append("</ul>");
        return RenderPage("Caught mail", html);
    }

    /// <summary>Renders a message as the sender styled it, as text, or one of its attachments.</summary>
    internal static string RenderMail(CaughtMail mail, MailView view)
    {
        var html = new StringBuilder(
            $"<header class=\"page-head\"><p class=\"eyebrow\"><a href=\"/mail\">Caught mail</a></p><h1>{GetSubject(mail)}</h1>"
        );
        AppendDetails(html, mail);
        html.Append("</header>");
        AppendTabs(html, mail, view);
        if (view.Attachment is { } index)
            AppendAttachment(html, mail, index);
        else if (view.IsText || mail.Html is null)
            html.Append(CultureInfo.InvariantCulture, $"<pre class=\"mail-text\" tabindex=\"0\">{Escape(mail.Text)}</pre>");
        else
            AppendMessage(html, mail);
        return RenderPage(mail.Subject, html);
    }

    /// <summary>Returns the sender's HTML. Its links open in a new tab.</summary>
    internal static string GetMessage(CaughtMail mail)
    {
        const string Target = "<base target=\"_blank\">";
        var html = mail.Html ?? "";
        return html.Contains("<head>", StringComparison.OrdinalIgnoreCase)
            ? html.Replace("<head>", "<head>" + Target, StringComparison.OrdinalIgnoreCase)
            : Target + html;
    }

    private static void AppendTabs(StringBuilder html, CaughtMail mail, MailView view)
    {
        html.Append("<nav class=\"tabs\" aria-label=\"Message\"><ul>");
        if (mail.Html is not null)
            AppendTab("", "Message", view is { IsText: false, Attachment: null });
        AppendTab("?view=text", "Text", view.IsText || (mail.Html is null && view.Attachment is null));
        foreach (var (index, name) in mail.Attachments.Index())
            AppendTab(string.Create(CultureInfo.InvariantCulture, $"?attachment={index}"), name, view.Attachment == index);
        html.Append("</ul></nav>");

        void AppendTab(string query, string label, bool isCurrent) =>
            html.Append(
                CultureInfo.InvariantCulture,
                $"<li><a href=\"/mail/{Escape(mail.Name)}{query}\"{(isCurrent ? " aria-current=\"page\"" : "")}>{Escape(label)}</a></li>"
            );
    }

    /// <summary>The sandboxed frame runs no scripts and does not share this page's origin.</summary>
    private static void AppendMessage(StringBuilder html, CaughtMail mail) =>
        html.Append(
            CultureInfo.InvariantCulture,
            $"<iframe class=\"document\" title=\"Message\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"/mail/{Escape(mail.Name)}/html\"></iframe>"
        );

    private static void AppendAttachment(StringBuilder html, CaughtMail mail, int index)
    {
        var name = Escape(mail.Attachments[index]);
        var address = string.Create(CultureInfo.InvariantCulture, $"/mail/{Escape(mail.Name)}/attachments/{index}");
        html.Append(
            CultureInfo.InvariantCulture,
            $"<p class=\"actions\"><a class=\"button button-quiet\" href=\"{address}\" download>Download {name}</a></p>"
        );
        if (mail.Attachments[index].EndsWith(".pdf", StringComparison.OrdinalIgnoreCase))
            html.Append(CultureInfo.InvariantCulture, $"<iframe class=\"document\" title=\"{name}\" src=\"{address}\"></iframe>");
        else
            html.Append("<p class=\"muted\">Only PDF files are shown here.</p>");
    }

    private static void AppendDetails(StringBuilder html, CaughtMail mail)
    {
        var date = mail.Date.UtcDateTime;
        html.Append(CultureInfo.InvariantCulture, $"<span class=\"row small muted\"><span>To {Escape(mail.To)}</span> ")
            .Append(
                CultureInfo.InvariantCulture,
                $"<time datetime=\"{date:yyyy-MM-dd'T'HH:mm:ss'Z'}\" data-local=\"time\">{date:d MMM yyyy, HH:mm} UTC</time>"
            );
        if (mail.Attachments.Count > 0)
        {
            var noun = mail.Attachments.Count == 1 ? "attachment" : "attachments";
            html.Append(CultureInfo.InvariantCulture, $" <span>{mail.Attachments.Count} {noun}</span>");
        }
        html.Append("</span>");
    }

    private static string GetSubject(CaughtMail mail) => mail.Subject.Length == 0 ? "(no subject)" : Escape(mail.Subject);

    private static string RenderPage(string title, StringBuilder body) =>
        $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><title>{Escape(title)} - MovieLms</title>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="{PageAssets.StyleSheetUrl}">
            <script type="module" src="{PageAssets.ScriptUrl}"></script></head>
            <body><a class="skip-link" href="#main">Skip to content</a>
            <header class="site-header"><div class="site-header-inner">
            <a class="brand" href="/"><img src="/favicon.svg" alt="" width="32" height="32"><span>MovieLms</span></a>
            <nav class="site-nav" aria-label="Main"><ul><li><a href="/mail" aria-current="page">Caught mail</a></li>
            <li><a href="/admin/mail">Outbox</a></li></ul></nav></div></header>
            <main class="page" id="main" tabindex="-1">{body}</main></body></html>
            """;

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>What to show of a message.</summary>
/// <param name="IsText">Whether to show the plain text.</param>
/// <param name="Attachment">The index of the attachment to show; null for the message itself.</param>
internal readonly record struct MailView(bool IsText, int? Attachment);
