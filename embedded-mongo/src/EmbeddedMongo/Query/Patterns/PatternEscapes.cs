using System.Globalization;

namespace EmbeddedMongo.Query.Patterns;

/// <summary>Translates PCRE's one-letter escapes outside classes for .NET.</summary>
internal static class PatternEscapes
{
    /// <summary>Matches one character beyond U+FFFF, which is two UTF-16 units.</summary>
    public const string AstralCharacter = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private const string Word = "[A-Za-z0-9_]";

    /// <summary>
    /// Returns the .NET equivalent of <c>\c</c>. In texts that are not ASCII, negated classes match a character beyond U+FFFF as a whole.
    /// </summary>
    public static string Of(char c, bool forUnicode) =>
        c switch
        {
            'E' => "",
            'd' => "[0-9]",
            'D' => forUnicode ? OrAstral("[^0-9") : "[^0-9]",
            'w' => Word,
            'W' => forUnicode ? OrAstral("[^A-Za-z0-9_") : "[^A-Za-z0-9_]",
            's' => @"[ \t\n\v\f\r]",
            'S' => forUnicode ? OrAstral(@"[^ \t\n\v\f\r") : @"[^ \t\n\v\f\r]",
            'h' => @"[ \t\u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000]",
            'v' => @"[\n\v\f\r\u0085\u2028\u2029]",
            'R' => @"(?:\r\n|[\n\v\f\r\u0085\u2028\u2029])",
            'N' => forUnicode ? OrAstral(@"[^\n") : @"[^\n]",
            'b' when forUnicode => $"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))",
            'B' when forUnicode => $"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))",
            'K'
            or 'X'
            or 'C'
            or 'g'
            or 'H'
            or 'V'
            or 'o'
            or 'L'
            or 'l'
            or 'u'
            or 'i'
            or 'I'
            or 'j'
            or 'm'
            or 'M'
            or 'y'
            or 'Y'
            or 'F'
            or 'T' => throw Pattern.Invalid(string.Create(CultureInfo.InvariantCulture, $"unsupported escape sequence \\{c}")),
            _ => string.Create(CultureInfo.InvariantCulture, $"\\{c}"),
        };

    private static string OrAstral(string openClass) => $"(?:{AstralCharacter}|{openClass}\\uD800-\\uDFFF])";
}
