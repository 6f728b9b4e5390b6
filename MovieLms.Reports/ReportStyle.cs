using System.Globalization;
using SkiaSharp;

namespace MovieLms.Reports;

/// <summary>The dimensions and colors of all reports. Lengths are in points (1/72 inch).</summary>
internal static class ReportStyle
{
    internal const float PageWidth = 595;
    internal const float PageHeight = 842;
    internal const float Margin = 48;
    internal const float ContentWidth = PageWidth - (2 * Margin);
    internal const float FooterHeight = 30;

    internal static readonly SKColor Ink = new(0x1D, 0x1D, 0x1F);
    internal static readonly SKColor Quiet = new(0x6B, 0x66, 0x60);
    internal static readonly SKColor Line = new(0xDD, 0xD7, 0xCE);
    internal static readonly SKColor Shade = new(0xF7, 0xF4, 0xEF);
    internal static readonly SKColor Brand = new(0x8A, 0x1C, 0x2B);
    internal static readonly SKColor Good = new(0x2F, 0x7D, 0x5B);
    internal static readonly SKColor Mixed = new(0xA8, 0x6A, 0x12);
    internal static readonly SKColor Bad = new(0xC2, 0x54, 0x2D);

    /// <summary>Formats an integer with thousands separators.</summary>
    internal static string FormatNumber(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
