namespace MovieLms.ApiService.Schema;

/// <summary>The HTML page that shows a diagram and explains its notation.</summary>
internal static class SchemaPage
{
    private const string Style =
        ":root{color-scheme:light dark;--paper:#f7f4ef;--surface:#fff;--line:#e2dbd0;--ink:#1f1b19;--muted:#625b54;--brand:#8a1c2b;"
        + "--serif:'Iowan Old Style','Palatino Linotype',Palatino,'URW Palladio L',P052,Georgia,serif}"
        + "@media(prefers-color-scheme:dark){:root{--paper:#151315;--surface:#1f1c1f;--line:#383238;--ink:#f2eeea;--muted:#b5ada6;--brand:#ff8c9b}"
        + "figure svg{filter:invert(.88) hue-rotate(180deg)}}"
        + "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
        + "header{padding:0 clamp(1rem,4vw,2.5rem);background:var(--surface);border-bottom:1px solid var(--line)}"
        + "header a{display:inline-block;padding:1.25rem 0;color:var(--ink);font:600 1.25rem/1.2 var(--serif);text-decoration:none}"
        + "main{padding:clamp(1.75rem,4vw,3rem) clamp(1rem,4vw,2.5rem)}h1{margin:0;font:600 clamp(2rem,4vw,3.25rem)/1.15 var(--serif)}"
        + "p{max-width:90ch;color:var(--muted)}nav{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}a{color:var(--brand)}"
        + "a:focus-visible,figure:focus-visible{outline:3px solid var(--brand);outline-offset:2px}"
        + "figure{overflow:auto;margin:1.5rem 0 0;border:1px solid var(--line);border-radius:10px;background:var(--surface)}figure svg{display:block}";

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
            <body><header><a href="/">MovieLms</a></header><main><h1>Entities and relations of MovieLms</h1>
            <p>{(isChen ? ChenLegend : CrowsFootLegend)}</p>
            <nav aria-label="Notations and formats"><a href="?notation=crowsfoot&amp;format=html">Crow's foot</a><a href="?notation=chen&amp;format=html">Chen</a>{links}</nav>
            <figure tabindex="0" role="region" aria-label="Diagram">{svg}</figure></main></body></html>
            """;
    }

    private static string Links(string notation) =>
        $"<a href=\"?notation={notation}&amp;format=svg\">this as SVG</a><a href=\"?notation={notation}&amp;format=text\">this as text</a>";
}
