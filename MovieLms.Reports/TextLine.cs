using System.Globalization;
using System.Text;
using HarfBuzzSharp;
using SkiaSharp;
using Buffer = HarfBuzzSharp.Buffer;

namespace MovieLms.Reports;

/// <summary>
/// A shaped line of text, with the letter forms, positions and direction that its script requires. The document also contains the text
/// itself, so that it can be searched, copied and read aloud.
/// </summary>
internal sealed class TextLine
{
    /// <summary>Disables optional ligatures, because some readers would lose the "fi" in "file".</summary>
    private static readonly Feature[] NoLigatures = [Feature.Parse("-liga"), Feature.Parse("-clig"), Feature.Parse("-dlig")];

    private readonly List<(SKTextBlob Blob, float Width)> _runs = [];

    private TextLine(string text, float size, bool isBold)
    {
        var runs = Split(text, isBold);
        // The runs of a line that starts with a right-to-left script are in reverse order.
        if (runs.Count > 0 && IsRightToLeft(runs[0].Text))
            runs.Reverse();
        foreach (var (run, font) in runs)
            Shape(run, font, size);
        Width = _runs.Sum(run => run.Width);
    }

    internal float Width { get; }

    /// <summary>Shapes a line.</summary>
    internal static TextLine Create(string text, float size, bool isBold = false) => new(Clean(text), size, isBold);

    /// <summary>Shapes a line of at most the given width. Longer text ends with an ellipsis.</summary>
    internal static TextLine Fit(string text, float size, float width, bool isBold = false)
    {
        var whole = Create(text, size, isBold);
        if (whole.Width <= width)
            return whole;
        var elements = StringInfo.ParseCombiningCharacters(Clean(text));
        var (fits, tooLong) = (0, elements.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (Create(Clean(text)[..elements[middle]] + "…", size, isBold).Width <= width)
                fits = middle;
            else
                tooLong = middle;
        }
        return Create((fits == 0 ? string.Empty : Clean(text)[..elements[fits]]) + "…", size, isBold);
    }

    /// <summary>
    /// Breaks text between words into at most <paramref name="maxLines"/> lines. The last line contains the rest, truncated to fit.
    /// </summary>
    internal static IReadOnlyList<TextLine> Wrap(string text, float size, float width, int maxLines, bool isBold = false)
    {
        var lines = new List<TextLine>();
        var words = Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var start = 0; start < words.Length; )
        {
            var end = start + 1;
            while (end < words.Length && Create(string.Join(' ', words[start..(end + 1)]), size, isBold).Width <= width)
                end++;
            var isLast = lines.Count == maxLines - 1;
            lines.Add(Fit(string.Join(' ', isLast ? words[start..] : words[start..end]), size, width, isBold));
            if (isLast)
                break;
            start = end;
        }
        return lines;
    }

    /// <summary>Draws the line with its baseline at <paramref name="y"/>.</summary>
    internal void Draw(SKCanvas canvas, float x, float y, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        foreach (var (blob, width) in _runs)
        {
            canvas.DrawText(blob, x, y, paint);
            x += width;
        }
    }

    /// <summary>Replaces line breaks and tabs with spaces, and removes other control characters.</summary>
    private static string Clean(string text) =>
        string.Concat(
            text.Select(letter => letter is '\n' or '\r' or '\t' ? ' ' : letter)
                .Where(letter => !char.IsControl(letter) && letter is not '\uFEFF')
        );

    private static List<(string Text, ReportFont Font)> Split(string text, bool isBold)
    {
        var runs = new List<(string Text, ReportFont Font)>();
        var run = new StringBuilder();
        ReportFont? font = null;
        foreach (var rune in text.EnumerateRunes())
        {
            var isMark =
                Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.Format;
            // Spaces and marks use the font of the preceding word.
            var next =
                font is not null && (isMark || (Rune.IsWhiteSpace(rune) && font.Typeface.ContainsGlyph(rune.Value)))
                    ? font
                    : ReportFont.FindFont(rune.Value, isBold);
            if (font is not null && next != font)
            {
                runs.Add((run.ToString(), font));
                run.Clear();
            }
            font = next;
            run.Append(rune.ToString());
        }
        if (font is not null && run.Length > 0)
            runs.Add((run.ToString(), font));
        return runs;
    }

    private static bool IsRightToLeft(string text) =>
        text.EnumerateRunes().FirstOrDefault(Rune.IsLetter).Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFEFC);

    private void Shape(string text, ReportFont font, float size)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        using var buffer = new Buffer();
        buffer.AddUtf8(utf8);
        buffer.GuessSegmentProperties();
        font.Shaper.Shape(buffer, NoLigatures);
        var glyphs = buffer.GetGlyphInfoSpan();
        var positions = buffer.GetGlyphPositionSpan();
        if (glyphs.Length == 0)
            return;

        using var skiaFont = new SKFont(font.Typeface, size) { Subpixel = true, Hinting = SKFontHinting.None };
        using var builder = new SKTextBlobBuilder();
        var blob = builder.AllocatePositionedTextRun(skiaFont, glyphs.Length, utf8.Length, null);
        var scale = size / font.Typeface.UnitsPerEm;
        var x = 0f;
        // Every glyph has a position, so the glyphs can be written in reading order. Copied text then has the correct order.
        var isReversed = buffer.Direction == Direction.RightToLeft;
        var (ids, points, clusters) = (new ushort[glyphs.Length], new SKPoint[glyphs.Length], new uint[glyphs.Length]);
        for (var i = 0; i < glyphs.Length; i++)
        {
            var at = isReversed ? glyphs.Length - 1 - i : i;
            ids[at] = (ushort)glyphs[i].Codepoint;
            clusters[at] = glyphs[i].Cluster;
            points[at] = new SKPoint(x + (positions[i].XOffset * scale), -positions[i].YOffset * scale);
            x += positions[i].XAdvance * scale;
        }
        blob.SetGlyphs(ids);
        blob.SetPositions(points);
        blob.SetClusters(clusters);
        blob.SetText(utf8);
        if (builder.Build() is { } built)
            _runs.Add((built, x));
    }
}
