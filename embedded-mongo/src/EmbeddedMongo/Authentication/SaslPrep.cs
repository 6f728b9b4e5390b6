using System.Globalization;
using System.Text;

namespace EmbeddedMongo.Authentication;

/// <summary>Prepares passwords as clients do (SASLprep, RFC 4013).</summary>
internal static class SaslPrep
{
    /// <summary>
    /// Replaces spaces by U+0020, removes invisible characters and applies NFKC. Returns null if nothing remains or a character is
    /// prohibited. Text direction and characters added after Unicode 3.2 are not checked, since clients reject them.
    /// </summary>
    public static string? Prepare(string text)
    {
        var mapped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsMappedToNothing(rune.Value))
                continue;

            if (IsProhibited(rune))
                return null;

            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator)
                mapped.Append(' ');
            else
                mapped.Append(rune);
        }

        return mapped.Length > 0 ? mapped.ToString().Normalize(NormalizationForm.FormKC) : null;
    }

    /// <summary>Table B.1 of RFC 3454, without U+200B, which is also a space by table C.1.2 and depends on the client.</summary>
    private static bool IsMappedToNothing(int character) =>
        character
            is 0x00AD
                or 0x034F
                or 0x1806
                or (>= 0x180B and <= 0x180D)
                or 0x200C
                or 0x200D
                or 0x2060
                or (>= 0xFE00 and <= 0xFE0F)
                or 0xFEFF;

    /// <summary>Tables C.2 to C.9 of RFC 3454. An unpaired surrogate has been read as U+FFFD.</summary>
    private static bool IsProhibited(Rune rune) =>
        rune.Value is 0xFFFC or 0xFFFD or (>= 0x2FF0 and <= 0x2FFB)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned;
}
