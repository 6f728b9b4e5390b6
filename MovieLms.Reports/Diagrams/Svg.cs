using System.Globalization;
using System.Net;
using System.Text;

namespace MovieLms.Reports.Diagrams;

/// <summary>Writes the shapes of the diagrams. They use attributes instead of a style sheet, which a security policy would block.</summary>
internal sealed class Svg(double width, double height)
{
    internal const double CharacterWidth = 6.7;
    private static readonly string[] Colors =
    [
        "#1f5fa8",
        "#b3471d",
        "#2b7a3d",
        "#7a3b9e",
        "#a61e4d",
        "#0b7285",
        "#8a6d00",
        "#495057",
        "#c2255c",
        "#364fc7",
        "#5c940d",
        "#862e9c",
    ];

    private readonly StringBuilder _text = new();

    /// <summary>Returns the color of the lines of the entity with the given index.</summary>
    internal static string Color(int index) => Colors[index % Colors.Length];

    internal void Line(double x1, double y1, double x2, double y2, string color, bool dashed = false)
    {
        // A wider white line underneath separates crossing lines.
        Raw($"<path d=\"M{N(x1)} {N(y1)}L{N(x2)} {N(y2)}\" stroke=\"#fff\" stroke-width=\"4\"/>");
        Raw(
            $"<path d=\"M{N(x1)} {N(y1)}L{N(x2)} {N(y2)}\" stroke=\"{color}\" stroke-width=\"1.4\"{(dashed ? " stroke-dasharray=\"5 3\"" : "")}/>"
        );
    }

    internal void Path(string data, string color, string fill = "none") =>
        Raw($"<path d=\"{data}\" stroke=\"{color}\" stroke-width=\"1.4\" fill=\"{fill}\"/>");

    internal void Circle(double x, double y, string color) =>
        Raw($"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"4\" stroke=\"{color}\" stroke-width=\"1.4\" fill=\"#fff\"/>");

    internal void Rectangle(double x, double y, double w, double h, string stroke, string fill, double round = 3) =>
        Raw($"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(w)}\" height=\"{N(h)}\" rx=\"{N(round)}\" stroke=\"{stroke}\" fill=\"{fill}\"/>");

    internal void Text(
        double x,
        double y,
        string text,
        string color = "#212529",
        string anchor = "start",
        bool bold = false,
        bool italic = false,
        bool underlined = false
    ) =>
        Raw(
            $"<text x=\"{N(x)}\" y=\"{N(y)}\" fill=\"{color}\" text-anchor=\"{anchor}\"{(bold ? " font-weight=\"bold\"" : "")}{(italic ? " font-style=\"italic\"" : "")}{(underlined ? " text-decoration=\"underline\"" : "")}>{WebUtility.HtmlEncode(text)}</text>"
        );

    /// <summary>Formats a number for SVG.</summary>
    internal static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Returns the complete drawing.</summary>
    internal string Finish(string title) =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{N(width)}\" height=\"{N(height)}\" viewBox=\"0 0 {N(width)} {N(height)}\" role=\"img\" "
        + "font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"11\" fill=\"none\">"
        + $"<title>{WebUtility.HtmlEncode(title)}</title><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>{_text}</svg>";

    private void Raw(string element) => _text.Append(element).Append('\n');
}
