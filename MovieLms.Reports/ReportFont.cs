using System.Runtime.InteropServices;
using HarfBuzzSharp;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>A font embedded in the program, so that reports look the same on every machine.</summary>
internal sealed class ReportFont
{
    private static readonly ReportFont Sans = new("NotoSans-Regular");
    private static readonly ReportFont SansBold = new("NotoSans-Bold");
    private static readonly ReportFont[] OtherScripts =
    [
        new("NotoSansArabic-Regular"),
        new("NotoSansHebrew-Regular"),
        new("NotoSansDevanagari-Regular"),
    ];

    private readonly byte[] _bytes;

    private ReportFont(string name)
    {
        using var stream =
            typeof(ReportFont).Assembly.GetManifestResourceStream($"{name}.ttf")
            ?? throw new InvalidOperationException($"The font {name} is not embedded in this program.");
        using var data = SKData.Create(stream);
        Typeface = SKTypeface.FromData(data);
        // HarfBuzz reads the font in place for the lifetime of the process, so the array is pinned.
        _bytes = GC.AllocateArray<byte>((int)data.Size, pinned: true);
        data.AsSpan().CopyTo(_bytes);
        using var blob = new Blob(Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0), _bytes.Length, MemoryMode.ReadOnly);
        using var face = new Face(blob, 0) { UnitsPerEm = Typeface.UnitsPerEm };
        Shaper = new Font(face);
        Shaper.SetFunctionsOpenType();
    }

    internal SKTypeface Typeface { get; }

    /// <summary>The HarfBuzz font for shaping, in font units.</summary>
    internal Font Shaper { get; }

    /// <summary>Returns the regular or the bold typeface.</summary>
    internal static SKTypeface GetTypeface(bool isBold) => (isBold ? SansBold : Sans).Typeface;

    /// <summary>Returns the font with a glyph for a character. If there is none, returns the main font, which shows a box.</summary>
    internal static ReportFont FindFont(int character, bool isBold)
    {
        var main = isBold ? SansBold : Sans;
        if (main.Typeface.ContainsGlyph(character))
            return main;
        return Array.Find(OtherScripts, font => font.Typeface.ContainsGlyph(character)) ?? main;
    }
}
