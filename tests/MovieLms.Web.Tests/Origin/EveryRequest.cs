using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.Web.Tests.Origin;

/// <summary>A request to compare.</summary>
public sealed record ComparedRequest(string Method, string Path, string? Body = null, string? Accept = null)
{
    public override string ToString() => $"{Method} {Path}{(Accept is null ? "" : $" ({Accept})")}";
}

/// <summary>One request per endpoint of the OpenAPI document, with IDs that do not exist, and requests for the pages.</summary>
internal static partial class EveryRequest
{
    private const string Browser = "text/html,application/xhtml+xml,*/*;q=0.8";

    /// <summary>Revokes the caller's sessions, so it comes last.</summary>
    private static readonly ComparedRequest EndSessions = new("DELETE", "/api/auth/sessions");

    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private static readonly string[] Pages =
    [
        "/",
        "/favicon.svg",
        "/robots.txt",
        "/alive",
        "/health",
        "/none",
        "/openapi/v1.json",
        "/openapi/none.json",
        "/scalar",
        "/scalar/",
        "/scalar/scalar.js",
        "/account/reset-password",
        "/account/verify",
        "/account/none",
        "/.well-known/none",
        "/chat",
        "/chat/lobby",
        "/chat/none",
        "/notifications",
        "/notifications/none",
        "/hubs/chat",
        "/hubs/none",
        "/jobs",
        "/jobs/recurring",
        "/mail",
        "/mail.json",
        "/mail/none",
        "/api",
        "/api/none",
        "/api/movies/a%2Fb",
        "/api//movies",
        "/api/schema/er?format=svg",
        "/api/auth/github",
        "/api/auth/github/callback",
    ];

    internal static IEnumerable<ComparedRequest> All()
    {
        foreach (var request in ReadOpenApi().Where(request => request != EndSessions))
            yield return request;
        foreach (var page in Pages)
        {
            yield return new ComparedRequest("GET", page);
            yield return new ComparedRequest("GET", page, Accept: Browser);
            yield return new ComparedRequest("HEAD", page);
            yield return new ComparedRequest("POST", page, "{}");
            yield return new ComparedRequest("OPTIONS", page);
        }
        yield return new ComparedRequest("POST", "/hubs/chat/negotiate?negotiateVersion=1", "");
        yield return EndSessions;
    }

    private static IEnumerable<ComparedRequest> ReadOpenApi()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.File("openapi", "v1.json")));
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(member => Methods.Contains(member.Name)))
            {
                var target = Parameter().Replace(path.Name, new string('0', 24));
                yield return new ComparedRequest(
                    operation.Name.ToUpperInvariant(),
                    target,
                    operation.Value.TryGetProperty("requestBody", out _) ? "{}" : null
                );
                if (operation.NameEquals("get"))
                    yield return new ComparedRequest("HEAD", target);
            }
        }
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
