using System.Runtime.InteropServices;
using HarfBuzzSharp;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>A font that is part of the program, so that a report looks the same wherever it is made.</summary>
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
            ?? throw new InvalidOperationException($"The font {name} is not part of this program.");
        using var data = SKData.Create(stream);
        Typeface = SKTypeface.FromData(data);
        // HarfBuzz reads the font where it lies, as long as the process lives.
        _bytes = GC.AllocateArray<byte>((int)data.Size, pinned: true);
        data.AsSpan().CopyTo(_bytes);
        using var blob = new Blob(Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0), _bytes.Length, MemoryMode.ReadOnly);
        using var face = new Face(blob, 0) { UnitsPerEm = Typeface.UnitsPerEm };
        Shaper = new Font(face);
        Shaper.SetFunctionsOpenType();
    }

    internal SKTypeface Typeface { get; }

    /// <summary>In the font's own units.</summary>
    internal Font Shaper { get; }

    /// <summary>The regular or the bold letters.</summary>
    internal static SKTypeface Of(bool isBold) => (isBold ? SansBold : Sans).Typeface;

    /// <summary>The font that has a character; the main one, with its box for "unknown", when none has.</summary>
    internal static ReportFont For(int character, bool isBold)
    {
        var main = isBold ? SansBold : Sans;
        if (main.Typeface.ContainsGlyph(character))
            return main;
        return Array.Find(OtherScripts, font => font.Typeface.ContainsGlyph(character)) ?? main;
    }
}
