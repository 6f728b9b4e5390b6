using System.IO.Hashing;
using System.Reflection;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace MovieLms.Realtime.ChatPage;

/// <summary>
/// Serves the chat page at <c>/chat</c> from files embedded in this assembly, so every host that runs the service serves it. The
/// page loads nothing from other sites. It connects to the hub of the same origin and to the API, which may have another origin
/// (<c>Chat:ApiUrl</c>).
/// </summary>
internal static class ChatPageEndpoints
{
    private const string Root = "/chat";
    private const string Index = "index.html";
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    internal static void MapChatPage(this WebApplication app)
    {
        var api = app.Configuration["Chat:ApiUrl"]?.TrimEnd('/') ?? "";
        var policy =
            $"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {api}; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        var page = app.MapGroup(Root).AllowAnonymous().ExcludeFromDescription();
        page.MapGet("/settings.json", () => TypedResults.Json(new ChatPageSettings(api))).WithName("chatPageSettings");
        foreach (
            var name in Assembly
                .GetExecutingAssembly()
                .GetManifestResourceNames()
                .Where(name => name.StartsWith("chat/", StringComparison.Ordinal))
        )
        {
            var file = File.Read(name);
            var url = name["chat".Length..];
            page.MapGet(url == "/" + Index ? "" : url, (HttpContext http) => Send(http, file, policy)).WithName($"chatPage{url}");
        }
    }

    private static IResult Send(HttpContext http, File file, string policy)
    {
        http.Response.Headers.ContentSecurityPolicy = policy;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Bytes, file.ContentType, entityTag: file.Tag);
    }

    private sealed record ChatPageSettings(string Api);

    private sealed record File(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag)
    {
        internal static File Read(string name)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var type = ContentTypes.TryGetContentType(name, out var known) ? known : "application/octet-stream";
            return new File(
                bytes,
                type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type,
                new EntityTagHeaderValue($"\"{XxHash3.HashToUInt64(bytes):x16}\"")
            );
        }
    }
}
