using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MovieLms.Worker.Jobs;

/// <summary>The dashboard's sign-in page: first the password, then the second factor if the account has one.</summary>
internal static class JobsPage
{
    internal const string Path = JobsDashboard.Path + "/sign-in";

    private const string Style = """
        :root{color-scheme:light dark;--page:#f4f1ec;--card:#fff;--text:#1d1d1f;--accent:#8a1c2b;--error:#b3261e;--line:#8b8680}
        @media (prefers-color-scheme:dark){:root{--page:#171615;--card:#242220;--text:#f2efea;--accent:#b8404f;--error:#ff9d8f;--line:#8b8680}}
        body{font:16px/1.5 system-ui,sans-serif;background:var(--page);color:var(--text);display:grid;place-items:center;min-height:100vh;margin:0}
        main{background:var(--card);padding:32px;border-radius:8px;box-sizing:border-box;width:min(384px,92vw)}
        h1{font-size:20px;margin:0 0 16px} form{display:grid;gap:8px} form[hidden]{display:none} p{margin:0}
        input{box-sizing:border-box;width:100%;font:inherit;padding:10px;margin-bottom:8px;border:1px solid var(--line);border-radius:6px;background:var(--page);color:inherit}
        button{font:inherit;padding:10px;border:0;border-radius:6px;background:var(--accent);color:#fff;cursor:pointer}
        [role=alert]{color:var(--error);min-height:1.5em;margin-top:8px}
        """;

    private const string Script = """
        const [first, second] = document.forms, note = document.querySelector('[role=alert]');
        let challenge;
        async function post(path, body) {
          const response = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
          const result = await response.json().catch(() => ({}));
          if (response.ok) return result;
          throw new Error(Object.values(result.errors ?? {}).flat()[0] ?? result.detail ?? result.title ?? 'Sign-in failed. Try again.');
        }
        function on(form, send) {
          form.addEventListener('submit', async event => {
            event.preventDefault();
            note.textContent = '';
            const button = form.querySelector('button');
            button.disabled = true;
            try {
              const result = await send(form.elements);
              challenge = result.challenge;
              if (challenge) { first.hidden = true; second.hidden = false; second.elements.code.focus(); return; }
              await post('/jobs/sign-in', {accessToken: result.accessToken});
              location.replace('/jobs');
            } catch (error) {
              note.textContent = error.message;
            } finally {
              button.disabled = false;
            }
          });
        }
        on(first, fields => post('/api/auth/login', {email: fields.email.value, password: fields.password.value}));
        on(second, fields => post('/api/auth/login/verify', {challenge, code: fields.code.value}));
        """;

    private static readonly string Html = $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <title>Sign in - MovieLms jobs</title><style>{Style}</style></head>
        <body><main><h1>MovieLms jobs</h1>
        <form><label for="email">E-mail address</label><input id="email" name="email" type="email" autocomplete="username" required autofocus>
        <label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
        <button>Sign in</button></form>
        <form hidden><label for="code">Code from your authenticator app, or a recovery code</label>
        <input id="code" name="code" autocomplete="one-time-code" maxlength="20" required><button>Continue</button></form>
        <p role="alert"></p><noscript><p>This page needs JavaScript.</p></noscript></main>
        <script>{Script}</script></body></html>
        """.ReplaceLineEndings("\n");

    private static readonly string Policy =
        $"default-src 'none'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; script-src '{HashOf(Script)}'; style-src '{HashOf(Style)}'";

    internal static ContentHttpResult Get(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(Html, "text/html; charset=utf-8");
    }

    private static string HashOf(string text) =>
        $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))))}";
}
