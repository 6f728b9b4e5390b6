namespace MovieLms.ApiService.Schema;

/// <summary>The HTML page that shows a diagram and explains its notation.</summary>
internal static class SchemaPage
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;margin:1rem 1.5rem;color:#212529;background:#f8f9fa}h1{font-size:1.4rem;margin:0}nav a{margin-right:1rem}"
        + "figure{overflow:auto;margin:1rem 0;border:1px solid #ced4da;background:#fff}figure svg{display:block}";

    private const string CrowsFootLegend =
        "A box is a collection with its fields. A line ends at the field with the reference: ‖ exactly one, ○| zero or one, ○&lt; zero or more. "
        + "With a solid line, a document is deleted, archived and restored together with the one it refers to; with a dashed line it stays. PK is the ID, FK a reference, UK unique (together with the box's other UKs). "
        + "A question mark after the type marks an optional field. A gray field serves queries only. The fields of an embedded document follow it.";

    private const string ChenLegend =
        "A rectangle is an entity, with a double border if it is deleted, archived and restored with another; a diamond inside marks a junction of two others. "
        + "A diamond is a relation, named after the field with the reference, with a double border for the same reason; 1 and N are its cardinality. "
        + "An oval is an attribute, with a double border if it has several values; the key is underlined, and a gray one serves queries only. A dot separates an embedded document from its fields.";

    internal static string Render(string svg, bool isChen)
    {
        var links = Links(isChen ? "chen" : "crowsfoot");
        return $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Entities and relations - MovieLms</title><style>{Style}</style></head>
            <body><h1>Entities and relations of MovieLms</h1>
            <p>{(isChen ? ChenLegend : CrowsFootLegend)}</p>
            <nav><a href="?notation=crowsfoot&amp;format=html">Crow's foot</a><a href="?notation=chen&amp;format=html">Chen</a>{links}</nav>
            <figure>{svg}</figure></body></html>
            """;
    }

    private static string Links(string notation) =>
        $"<a href=\"?notation={notation}&amp;format=svg\">this as SVG</a><a href=\"?notation={notation}&amp;format=text\">this as text</a>";
}
