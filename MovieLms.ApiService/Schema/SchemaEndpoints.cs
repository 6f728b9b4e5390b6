using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MovieLms.ApiService.Http;
using MovieLms.Data.Relations;
using MovieLms.Reports.Diagrams;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Schema;

/// <summary>The entity-relationship diagram, generated from the declared entities. It contains field names and no data.</summary>
internal static class SchemaEndpoints
{
    private const string Mermaid = "text/vnd.mermaid";
    private const string PlainText = "text/plain";
    private const string Html = "text/html";
    private const string Svg = "image/svg+xml";
    private const string Chen = "chen";
    private const string CrowsFoot = "crowsfoot";

    /// <summary>The supported media types; the first one is the default.</summary>
    private static readonly string[] SupportedTypes = [Mermaid, PlainText, Html, Svg];
    private static readonly Dictionary<string, string> Formats = new()
    {
        ["mermaid"] = Mermaid,
        ["text"] = PlainText,
        ["html"] = Html,
        ["svg"] = Svg,
    };

    internal static void AddSchema(this IServiceCollection services) =>
        services.AddSingleton(provider => new SchemaDiagrams(provider.GetRequiredService<EntityModel>()));

    internal static void MapSchema(this IEndpointRouteBuilder routes) =>
        routes
            .MapArea("/api/schema", "Schema")
            .MapGet("/er", Get)
            .AllowAnonymous()
            .WithName("getErDiagram")
            .WithSummary("Get the entity-relationship diagram")
            .WithDescription(
                "As Mermaid text, plain text, HTML or SVG, by the `Accept` header or `format`. Generated from the "
                    + "declared entities; it contains no data."
            )
            .Produces<string>(StatusCodes.Status200OK, Mermaid, PlainText, Html, Svg)
            .ProducesProblem(StatusCodes.Status406NotAcceptable);

    private static Results<ContentHttpResult, ProblemHttpResult> Get(
        HttpContext http,
        [Choices(CrowsFoot, Chen), Description("crowsfoot (the default) or chen")] string? notation,
        [Choices("mermaid", "text", "html", "svg"), Description("mermaid, text, html or svg, in place of the Accept header")]
            string? format,
        SchemaDiagrams diagrams
    )
    {
        if (notation is not (null or Chen or CrowsFoot))
            throw new InvalidInputException("notation", "The notation must be crowsfoot or chen.");
        if (format is not null && !Formats.ContainsKey(format))
            throw new InvalidInputException("format", $"The format must be one of {string.Join(", ", Formats.Keys)}.");
        var type = format is null ? GetPreferredType(http.Request) : Formats[format];
        if (type is null)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status406NotAcceptable,
                detail: $"The diagram is available as {string.Join(", ", SupportedTypes)}."
            );
        }

        http.Response.Headers.CacheControl = "public, max-age=300";
        http.Response.Headers.Vary = HeaderNames.Accept;
        var isChen = notation == Chen;
        switch (type)
        {
            case Html:
                // Allow only the page's inline style.
                http.Response.Headers.ContentSecurityPolicy =
                    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
                return TypedResults.Content(isChen ? diagrams.ChenPage : diagrams.CrowsFootPage, Html + "; charset=utf-8");
            case Svg:
                return TypedResults.Content(isChen ? diagrams.ChenSvg : diagrams.CrowsFootSvg, Svg);
            default:
                return TypedResults.Content(isChen ? diagrams.ChenText : diagrams.CrowsFootText, type + "; charset=utf-8");
        }
    }

    /// <summary>Returns the supported media type that the client prefers (RFC 9110, section 12.5.1); null if it accepts none.</summary>
    private static string? GetPreferredType(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
            return Mermaid;
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges))
            return Mermaid;
        return ranges
            .Where(range => range.Quality is null or > 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .SelectMany(range =>
                SupportedTypes.Where(type => new MediaTypeHeaderValue(type).IsSubsetOf(new MediaTypeHeaderValue(range.MediaType)))
            )
            .FirstOrDefault();
    }
}

/// <summary>The diagrams, each rendered once because the model does not change while the process runs.</summary>
internal sealed class SchemaDiagrams(EntityModel model)
{
    private readonly Lazy<Reports.Diagrams.Schema> _schema = new(() => SchemaReader.Read(model));
    private string? _crowsFoot;
    private string? _chen;

    /// <summary>Returns the fields of a collection, without those that only the database uses.</summary>
    internal IReadOnlyList<string> GetFields(string collection) =>
        [
            .. _schema
                .Value.Entities.Where(entity => entity.Collection == collection)
                .SelectMany(entity => entity.Fields)
                .Where(field => !field.IsHidden)
                .Select(field => field.Path),
        ];

    internal string CrowsFootText => SchemaText.RenderCrowsFoot(_schema.Value);

    internal string ChenText => SchemaText.RenderChen(_schema.Value);

    internal string CrowsFootSvg => _crowsFoot ??= CrowsFootDrawing.Draw(_schema.Value);

    internal string ChenSvg => _chen ??= ChenDrawing.Draw(_schema.Value);

    internal string CrowsFootPage => SchemaPage.Render(CrowsFootSvg, isChen: false);

    internal string ChenPage => SchemaPage.Render(ChenSvg, isChen: true);
}
