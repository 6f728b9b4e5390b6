using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Identity.Codes;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>
/// The pages that mailed links open. Each reads the token from the fragment, which browsers never send to a server, and submits it when
/// the user presses a button. Scanners that open every link of a mail therefore do not use up the token.
/// </summary>
internal static class AccountPages
{
    /// <summary>The page that cancels the deletion of an account.</summary>
    internal const string Keep = "/account/keep";

    private const string Style = """
        body{margin:0;padding:24px 16px;background:#f4f1ec;font:16px/1.5 system-ui,sans-serif;color:#1d1d1f}
        main{max-width:400px;margin:0 auto;background:#fff;border-radius:8px;padding:24px}
        h1{font-size:20px;margin:0 0 16px} b{color:#8a1c2b} label{display:block;margin:0 0 16px}
        input{box-sizing:border-box;width:100%;margin-top:4px;padding:10px;font:inherit;border:1px solid #999;border-radius:6px}
        button{padding:12px 20px;border:0;border-radius:6px;background:#8a1c2b;color:#fff;font:inherit;cursor:pointer}
        """;

    private const string Script = """
        const form = document.querySelector('form'), note = document.querySelector('output');
        form.addEventListener('submit', async event => {
          event.preventDefault();
          const token = location.hash.slice(1), password = form.elements.password?.value;
          const response = await fetch(event.submitter?.value || form.dataset.action, {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token, newPassword: password }) });
          if (response.ok) { form.hidden = true; note.textContent = event.submitter?.value ? 'Done. Nothing was changed.' : form.dataset.done; return; }
          const problem = await response.json().catch(() => ({}));
          note.textContent = Object.values(problem.errors ?? {}).flat()[0] ?? problem.detail ?? problem.title ?? 'The request failed.';
        });
        """;

    private static readonly string PasswordHtml = Html(
        "Choose a password",
        """
        <form data-action="/api/auth/reset-password" data-done="The password is set. You can sign in now."><label>New password, at least 10 characters
        <input name="password" type="password" autocomplete="new-password" required minlength="10" maxlength="128"></label>
        <button>Set the password</button></form>
        """
    );

    private static readonly string VerifyHtml = Html(
        "Verify your address",
        """
        <form data-action="/api/auth/verify-email" data-done="The address is verified. You can close this page."><p>Press the button to confirm that this address is yours.</p>
        <button>Verify the address</button></form>
        """
    );

    private static readonly string KeepHtml = Html(
        "Keep your account",
        """
        <form data-action="/api/auth/keep-account" data-done="The account is kept. You can sign in again.">
        <p>Press the button to cancel the deletion of your account.</p><button>Keep the account</button></form>
        """
    );

    private static readonly string EmailHtml = Html(
        "Confirm your address",
        """
        <form data-action="/api/auth/confirm-email-change" data-done="Confirmed. The address changes when both addresses are confirmed.">
        <p>Press a button to confirm or to refuse the change of the address of your account.</p>
        <button>Confirm the change</button> <button value="/api/auth/refuse-email-change">Refuse it</button></form>
        """
    );

    private static readonly string Policy =
        $"default-src 'none'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; script-src '{ComputeHash(Script)}'; style-src '{ComputeHash(Style)}'";

    internal static void MapAccountPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints
            .MapGet(PasswordChanges.ResetPage, (HttpContext http) => Page(http, PasswordHtml))
            .AllowAnonymous()
            .ExcludeFromDescription();
        endpoints.MapGet(EmailChanges.Page, (HttpContext http) => Page(http, EmailHtml)).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet(Keep, (HttpContext http) => Page(http, KeepHtml)).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet(VerificationLinks.Page, (HttpContext http) => Page(http, VerifyHtml)).AllowAnonymous().ExcludeFromDescription();
    }

    private static ContentHttpResult Page(HttpContext http, string html)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(html, "text/html; charset=utf-8");
    }

    private static string Html(string title, string form) =>
        $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="referrer" content="no-referrer"><title>{title} - MovieLms</title><style>{Style}</style></head>
            <body><main><p><b>MovieLms</b></p><h1>{title}</h1>
            {form}<p><output></output></p></main>
            <script>{Script}</script></body></html>
            """.ReplaceLineEndings("\n");

    private static string ComputeHash(string text) =>
        $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))))}";
}
