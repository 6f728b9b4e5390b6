using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MovieLms.Web.Pages;

/// <summary>The layout of every page, without scripts and external resources.</summary>
internal static class Page
{
    internal const string ContentType = "text/html; charset=utf-8";

    private static readonly string Style = """
        :root{color-scheme:light dark;--back:#f4f1ec;--card:#fff;--text:#1d1d1f;--soft:#5c5853;--line:#e2dcd3;--brand:#8a1c2b;
        --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        @media(prefers-color-scheme:dark){:root{--back:#161416;--card:#221f22;--text:#f1eeea;--soft:#b0aaa4;--line:#3a353a;--brand:#ff8c9b}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:960px;margin:0 auto;padding:40px 20px 56px}
        header{display:flex;align-items:center;gap:14px} header img{width:44px;height:44px} header b{font-size:22px;letter-spacing:-.01em}
        h1{font-size:clamp(28px,5vw,40px);line-height:1.15;letter-spacing:-.02em;margin:28px 0 8px}
        h2{font-size:18px;margin:36px 0 10px} p{margin:0 0 16px;max-width:62ch} .soft{color:var(--soft)}
        .links{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:12px;margin:28px 0 0;padding:0;list-style:none}
        .links a,pre{padding:16px 18px;background:var(--card);border:1px solid var(--line);border-radius:12px}
        .links a{display:block;height:100%;color:inherit;text-decoration:none}
        .links a:hover,.links a:focus-visible{border-color:var(--brand);outline:1px solid var(--brand)}
        .links b{display:block;color:var(--brand)} .links span{color:var(--soft);font-size:15px}
        pre{margin:0;overflow-x:auto;line-height:1.6} code{font-family:var(--mono);font-size:14px} a{color:var(--brand)}
        """.ReplaceLineEndings("\n");

    /// <summary>The strictest Content-Security-Policy with which the page works.</summary>
    internal static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Renders the document from a plain-text title and an HTML body.</summary>
    internal static string Render(string title, string body) =>
        $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{Escape(title)}</title><link rel="icon" href="{Icon.Path}" type="image/svg+xml"><style>{Style}</style></head>
            <body><main><header><img src="{Icon.Path}" alt=""><b>MovieLms</b></header>
            {body}
            </main></body></html>
            """.ReplaceLineEndings("\n");

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);
}
