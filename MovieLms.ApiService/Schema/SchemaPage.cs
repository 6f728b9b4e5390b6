namespace MovieLms.ApiService.Schema;

/// <summary>The page that shows a diagram and says how to read it.</summary>
internal static class SchemaPage
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;margin:1rem 1.5rem;color:#212529;background:#f8f9fa}h1{font-size:1.4rem;margin:0}nav a{margin-right:1rem}"
        + "figure{overflow:auto;margin:1rem 0;border:1px solid #ced4da;background:#fff}figure svg{display:block}";

    private const string CrowsFootLegend =
        "A box is a collection with its fields. A line ends at the field that holds the reference: ‖ exactly one, ○| none or one, ○&lt; none or many. "
        + "A solid end is deleted, archived and restored with what it refers to; a dashed one stays. PK is the id, FK a reference, UK unique (with the other UKs of the box). "
        + "A question mark follows the type of a field that may be missing; a grey field serves queries only; an embedded document's fields stand under it.";

    private const string ChenLegend =
        "A rectangle is an entity, doubled when it is deleted, archived and restored with another; a diamond in it marks a junction of two others. "
        + "A diamond is a relation, named by the field that holds the reference, doubled likewise; 1 and N say how many. "
        + "An oval is an attribute, doubled when it holds several values, with the key underlined; a grey one serves queries only; a dot leads to an embedded document's part.";

    internal static string Of(string picture, bool isChen)
    {
        var links = Links(isChen ? "chen" : "crowsfoot");
        return $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Entities and relations - MovieLms</title><style>{Style}</style></head>
            <body><h1>Entities and relations of MovieLms</h1>
            <p>{(isChen ? ChenLegend : CrowsFootLegend)}</p>
            <nav><a href="?notation=crowsfoot&amp;format=html">Crow's foot</a><a href="?notation=chen&amp;format=html">Chen</a>{links}</nav>
            <figure>{picture}</figure></body></html>
            """;
    }

    private static string Links(string notation) =>
        $"<a href=\"?notation={notation}&amp;format=svg\">this as SVG</a><a href=\"?notation={notation}&amp;format=text\">this as text</a>";
}
