using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.ApiService.Identity.Accounts;

/// <summary>The page that a mailed link opens: it reads the token from the fragment and sends it with the new password.</summary>
internal static class PasswordPage
{
    private const string Script = """
        const form = document.querySelector('form'), note = document.querySelector('output');
        form.addEventListener('submit', async event => {
          event.preventDefault();
          const answer = await fetch('/api/auth/reset-password/' + encodeURIComponent(location.hash.slice(1)), {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ newPassword: form.password.value }) });
          if (answer.ok) { form.hidden = true; note.textContent = 'The password is set. You can sign in now.'; return; }
          const problem = await answer.json().catch(() => ({}));
          note.textContent = Object.values(problem.errors ?? {}).flat()[0] ?? problem.detail ?? problem.title ?? 'That did not work.';
        });
        """;

    private static readonly string Html = $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="referrer" content="no-referrer"><title>Choose a password - MovieLms</title></head>
        <body><h1>Choose a password</h1>
        <form><label>New password, at least 10 characters<br><input name="password" type="password" autocomplete="new-password" required minlength="10" maxlength="128"></label>
        <button>Set it</button></form><p><output></output></p>
        <script>{Script}</script></body></html>
        """;

    private static readonly string Policy =
        $"default-src 'none'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script.ReplaceLineEndings("\n"))))}'";

    internal static void MapPasswordPage(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/account/password", Get).AllowAnonymous().ExcludeFromDescription();

    private static ContentHttpResult Get(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return TypedResults.Content(Html.ReplaceLineEndings("\n"), "text/html; charset=utf-8");
    }
}
