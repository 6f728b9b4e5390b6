using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Web.Pages;

/// <summary>The page at <c>/</c>: where everything is, and a first request to try.</summary>
internal static class StartPage
{
    private static readonly (string Path, string Name, string What)[] Links =
    [
        ("/chat", "Chat", "Rooms, presence and notifications in the browser."),
        ("/jobs", "Jobs", "Scheduled work and its history, for administrators."),
        ("/api/schema/er?format=html", "Data model", "The entity-relationship diagram, drawn from the code."),
        ("/health", "Health", "What is available and what is not."),
    ];

    private static readonly (string Path, string Name, string What)[] Reference =
    [
        ("/scalar", "API reference", "Every endpoint, with a client to try it."),
        ("/openapi/v1.json", "OpenAPI document", "For code generators and API tools."),
    ];

    private static readonly (string Path, string Name, string What) Mail = (
        "/mail",
        "Caught mail",
        "What would have been sent. Nothing leaves this machine."
    );

    internal static ContentHttpResult Get(HttpContext http, string address, bool hasMail, bool hasReference)
    {
        http.Response.Headers.ContentSecurityPolicy = Page.Policy;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Content(
            Html(address, hasMail && http.RequestServices.GetRequiredService<LocalCaller>().IsLocal(http), hasReference),
            Page.ContentType
        );
    }

    private static string Html(string address, bool showsMail, bool hasReference)
    {
        (string Path, string Name, string What)[] all =
        [
            .. hasReference ? Reference : [],
            .. Links,
            .. showsMail ? [Mail] : Array.Empty<(string, string, string)>(),
        ];
        var links = all.Select(link => $"<li><a href=\"{link.Path}\"><b>{link.Name}</b><span>{link.What}</span></a></li>");
        return Page.Html(
            "MovieLms",
            $$"""
            <h1>MovieLms is running</h1>
            <p class="soft">A backend for film schools and film clubs: movies and reviews, courses, to&#8209;dos, orders and live chat.</p>
            <ul class="links">{{string.Join('\n', links)}}</ul>
            <h2>A first request</h2>
            <p class="soft">Register an account, then sign in at <code>/api/auth/login</code> to get an access token.</p>
            <pre tabindex="0"><code>{{Page.Escape(Curl(address))}}</code></pre>
            """
        );
    }

    private static string Curl(string address) =>
        $$"""
            curl {{address}}/api/auth/register \
              --json '{"username": "agnes", "email": "agnes@example.com", "password": "a lighthouse keeps turning"}'
            curl {{address}}/api/auth/login \
              --json '{"email": "agnes@example.com", "password": "a lighthouse keeps turning"}'
            """;
}
