using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.Data.Relations;
using MovieLms.Reports.Diagrams;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Schema;

/// <summary>The entity-relationship diagram, made from the code's own model. It names fields and holds nobody's data.</summary>
internal static class SchemaEndpoints
{
    private const string Mermaid = "text/vnd.mermaid";
    private const string Plain = "text/plain";
    private const string Html = "text/html";
    private const string Picture = "image/svg+xml";
    private const string Chen = "chen";
    private const string CrowsFoot = "crowsfoot";

    /// <summary>The first is for whoever does not say.</summary>
    private static readonly string[] Types = [Mermaid, Plain, Html, Picture];
    private static readonly Dictionary<string, string> Formats = new()
    {
        ["mermaid"] = Mermaid,
        ["text"] = Plain,
        ["html"] = Html,
        ["svg"] = Picture,
    };

    internal static void AddSchema(this IServiceCollection services) =>
        services.AddSingleton(provider => new SchemaDiagrams(provider.GetRequiredService<EntityModel>()));

    internal static void MapSchema(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/schema", "Schema")
            .MapGet("/er", Get)
            .AllowAnonymous()
            .WithName("getErDiagram")
            .WithSummary("The entity-relationship diagram: as Mermaid text, or drawn, by the Accept header or ?format")
            .Produces<string>(StatusCodes.Status200OK, Mermaid, Plain, Html, Picture)
            .ProducesProblem(StatusCodes.Status406NotAcceptable);

    private static Results<ContentHttpResult, ProblemHttpResult> Get(
        HttpContext http,
        [Description("crowsfoot (the default) or chen")] string? notation,
        [Description("mermaid, text, html or svg, in place of the Accept header")] string? format,
        SchemaDiagrams diagrams
    )
    {
        if (notation is not (null or Chen or CrowsFoot))
            throw new InvalidInputException("notation", "A notation is crowsfoot or chen.");
        if (format is not null && !Formats.ContainsKey(format))
            throw new InvalidInputException("format", $"A format is one of {string.Join(", ", Formats.Keys)}.");
        var type = format is null ? Accepted(http.Request) : Formats[format];
        if (type is null)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status406NotAcceptable,
                detail: $"The diagram is given as {string.Join(", ", Types)}."
            );
        }

        http.Response.Headers.CacheControl = "public, max-age=300";
        http.Response.Headers.Vary = HeaderNames.Accept;
        var isChen = notation == Chen;
        switch (type)
        {
            case Html:
                // The page's own style and nothing else.
                http.Response.Headers.ContentSecurityPolicy =
                    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
                return TypedResults.Content(isChen ? diagrams.ChenPage : diagrams.CrowsFootPage, Html + "; charset=utf-8");
            case Picture:
                return TypedResults.Content(isChen ? diagrams.ChenPicture : diagrams.CrowsFootPicture, Picture);
            default:
                return TypedResults.Content(isChen ? diagrams.ChenText : diagrams.CrowsFootText, type + "; charset=utf-8");
        }
    }

    /// <summary>The client's best of ours (RFC 9110, section 12.5.1); null when it takes none.</summary>
    private static string? Accepted(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
            return Mermaid;
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges))
            return Mermaid;
        return ranges
            .Where(range => range.Quality is null or > 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .SelectMany(range => Types.Where(type => new MediaTypeHeaderValue(type).IsSubsetOf(new MediaTypeHeaderValue(range.MediaType))))
            .FirstOrDefault();
    }
}

/// <summary>The diagrams, each made once: the model does not change while the process runs.</summary>
internal sealed class SchemaDiagrams(EntityModel model)
{
    private readonly Lazy<Reports.Diagrams.Schema> _schema = new(() => SchemaReader.Read(model));
    private string? _crowsFoot;
    private string? _chen;

    internal string CrowsFootText => SchemaText.CrowsFoot(_schema.Value);

    internal string ChenText => SchemaText.Chen(_schema.Value);

    internal string CrowsFootPicture => _crowsFoot ??= CrowsFootDrawing.Draw(_schema.Value);

    internal string ChenPicture => _chen ??= ChenDrawing.Draw(_schema.Value);

    internal string CrowsFootPage => SchemaPage.Of(CrowsFootPicture, isChen: false);

    internal string ChenPage => SchemaPage.Of(ChenPicture, isChen: true);
}
