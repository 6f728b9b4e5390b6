using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.Web.Gateway;

namespace MovieLms.Web.Pages;

/// <summary>The page at <c>/</c>: where everything is, and a first request to try.</summary>
internal static class StartPage
{
    private static readonly (string Path, string Name, string What)[] Links =
    [
        ("/scalar", "API reference", "Every endpoint, with a client to try it."),
        ("/chat", "Chat", "Rooms, presence and notifications in the browser."),
        ("/jobs", "Jobs", "Scheduled work and its history, for administrators."),
        ("/api/schema/er?format=html", "Data model", "The entity-relationship diagram, drawn from the code."),
        ("/openapi/v1.json", "OpenAPI document", "For code generators and API tools."),
        ("/health", "Health", "What is available and what is not."),
    ];

    private static readonly (string Path, string Name, string What) Mail =
        ("/mail", "Caught mail", "What would have been sent. Nothing leaves this machine.");

    internal static ContentHttpResult Get(HttpContext http, string address, bool hasMail)
    {
        http.Response.Headers.ContentSecurityPolicy = Page.Policy;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Content(Html(address, hasMail && Forwarded.IsLocal(http)), Page.ContentType);
    }

    private static string Html(string address, bool showsMail)
    {
        var links = (showsMail ? Links.Append(Mail) : Links)
            .Select(link => $"<li><a href=\"{link.Path}\"><b>{link.Name}</b><span>{link.What}</span></a></li>");
        return Page.Html("MovieLms", $$"""
            <h1>MovieLms is running</h1>
            <p class="soft">A backend for film schools and film clubs: movies and reviews, courses, to&#8209;dos, orders and live chat.</p>
            <ul class="links">{{string.Join('\n', links)}}</ul>
            <h2>A first request</h2>
            <p class="soft">Register an account, then sign in at <code>/api/auth/login</code> to get an access token.</p>
            <pre tabindex="0"><code>{{Page.Escape(Curl(address))}}</code></pre>
            """);
    }

    private static string Curl(string address) => $$"""
        curl {{address}}/api/auth/register \
          --json '{"username": "agnes", "email": "agnes@example.com", "password": "a lighthouse keeps turning"}'
        curl {{address}}/api/auth/login \
          --json '{"email": "agnes@example.com", "password": "a lighthouse keeps turning"}'
        """;
}
