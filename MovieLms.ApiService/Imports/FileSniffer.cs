using MovieLms.Data.Imports;

namespace MovieLms.ApiService.Imports;

/// <summary>Detects the format of an uploaded file from its first bytes.</summary>
internal static class FileSniffer
{
    private static readonly byte[] Utf8Bom = [0xEF, 0xBB, 0xBF];

    private static readonly (byte[] Magic, string Name)[] NonTableFormats =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ("RIFF"u8.ToArray(), "an image, audio or video file"),
        ("%PDF-"u8.ToArray(), "a PDF document"),
        ([(byte)'P', (byte)'K', 3, 4], "a ZIP archive or an office document (save a sheet as CSV first)"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an office document (save a sheet as CSV first)"),
        ([0x1F, 0x8B], "a gzip archive (unpack it first)"),
        ("7z\xBC\xAF"u8.ToArray(), "an archive (unpack it first)"),
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], "a program"),
        ("MZ"u8.ToArray(), "a program"),
        ("SQLite format 3"u8.ToArray(), "a database"),
    ];

    /// <summary>Describes the file if it cannot be a table; null if it may be one.</summary>
    internal static string? DescribeNonTable(ReadOnlySpan<byte> start)
    {
        foreach (var (magic, name) in NonTableFormats)
        {
            // A CSV header may start with "MZ", but a program has a zero byte soon after it.
            if (start.StartsWith(magic) && (magic.Length > 2 || start[..Math.Min(start.Length, 64)].Contains((byte)0) || magic[0] == 0x1F))
                return name;
        }

        return null;
    }

    /// <summary>Returns the format. A file that does not start like JSON counts as CSV; the Worker validates its header.</summary>
    internal static ImportFormat DetectFormat(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(Utf8Bom))
            start = start[Utf8Bom.Length..];
        return start.TrimStart(" \t\r\n"u8) switch
        {
            [(byte)'[', ..] => ImportFormat.Json,
            [(byte)'{', ..] => ImportFormat.Ndjson,
            _ => ImportFormat.Csv,
        };
    }
}
