using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ServiceDefaults.Hardening;

namespace MovieLms.Web.Pages;

/// <summary>The page at <c>/</c>: links to all pages, and a first request.</summary>
internal static class StartPage
{
    private static readonly (string Path, string Name, string Description)[] Links =
    [
        ("/chat", "Chat", "Rooms, presence and notifications in the browser."),
        ("/jobs", "Jobs", "Scheduled work and its history, for administrators."),
        ("/api/schema/er?format=html", "Data model", "The entity-relationship diagram, generated from the code."),
        ("/health", "Health", "The status of the services."),
    ];

    private static readonly (string Path, string Name, string Description)[] Reference =
    [
        ("/scalar", "API reference", "All endpoints, with a built-in client."),
        ("/openapi/v1.json", "OpenAPI document", "For code generators and API tools."),
    ];

    private static readonly (string Path, string Name, string Description) Mail = (
        "/mail",
        "Caught mail",
        "Mail sent by MovieLms. Nothing leaves this machine."
    );

    internal static ContentHttpResult Get(HttpContext http, string address, bool hasMail, bool hasReference)
    {
        http.Response.Headers.ContentSecurityPolicy = Page.Policy;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Content(
            Render(address, hasMail && http.RequestServices.GetRequiredService<LocalCaller>().IsLocal(http), hasReference),
            Page.ContentType
        );
    }

    private static string Render(string address, bool showsMail, bool hasReference)
    {
        (string Path, string Name, string Description)[] all =
        [
            .. hasReference ? Reference : [],
            .. Links,
            .. showsMail ? [Mail] : Array.Empty<(string, string, string)>(),
        ];
        var links = all.Select(link => $"<li><a href=\"{link.Path}\"><b>{link.Name}</b><span>{link.Description}</span></a></li>");
        return Page.Render(
            "MovieLms",
            $$"""
            <h1>MovieLms is running</h1>
            <p class="soft">A backend for film schools and film clubs: movies and reviews, courses, to&#8209;dos, orders and live chat.</p>
            <ul class="links">{{string.Join('\n', links)}}</ul>
            <h2>First request</h2>
            <p class="soft">Register an account, then sign in at <code>/api/auth/login</code> to get an access token.</p>
            <pre tabindex="0"><code>{{Page.Escape(CreateCurlExample(address))}}</code></pre>
            """
        );
    }

    private static string CreateCurlExample(string address) =>
        $$"""
            curl {{address}}/api/auth/register \
              --json '{"username": "agnes", "email": "agnes@example.com", "password": "a lighthouse keeps turning"}'
            curl {{address}}/api/auth/login \
              --json '{"email": "agnes@example.com", "password": "a lighthouse keeps turning"}'
            """;
}
