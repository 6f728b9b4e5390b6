using System.Globalization;
using System.Text;

namespace EmbeddedMongo.Query.Patterns;

/// <summary>Rewrites one character class, starting at its <c>[</c>.</summary>
internal sealed class PatternClass(string source, int start, StringBuilder output, bool forUnicode)
{
    private int _at = start + 1;

    /// <summary>Appends the translated class and returns the index after the class in the source.</summary>
    public int Translate()
    {
        var negated = _at < source.Length && source[_at] == '^';
        _at += negated ? 1 : 0;
        var body = new StringBuilder();
        var first = true;
        while (true)
        {
            if (_at >= source.Length)
                throw Pattern.Invalid("missing terminating ] for character class");

            var c = source[_at];
            if (c == ']' && !first)
            {
                _at++;
                break;
            }

            first = false;
            if (c == '[' && TryReadPosixClass() is { } members)
            {
                body.Append(members);
            }
            else if (c == '\\')
            {
                AppendEscape(body);
            }
            else if (char.IsSurrogate(c))
            {
                throw AstralMember();
            }
            else
            {
                // .NET treats "-[" as a subtraction and requires a leading "]" or "^" to be escaped.
                body.Append(c is '[' or ']' or '^' ? "\\" : "").Append(c);
                _at++;
            }
        }

        if (negated && forUnicode)
            output.Append(@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^").Append(body).Append(@"\uD800-\uDFFF])");
        else
            output.Append(negated ? "[^" : "[").Append(body).Append(']');

        return _at;
    }

    /// <summary>Appends the character of the <c>\x{…}</c> at an index and returns the length of the escape.</summary>
    public static int AppendCodePoint(string source, int at, StringBuilder output)
    {
        var value = ParseCodePoint(source, at, out var length);
        if (value > 0xFFFF)
            output.Append("(?:").Append(char.ConvertFromUtf32(value)).Append(')');
        else
            output.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}");

        return length;
    }

    private static int ParseCodePoint(string source, int at, out int length)
    {
        var close = source.IndexOf('}', at);
        if (
            close < 0
            || !int.TryParse(
                source.AsSpan(at + 3, close - at - 3),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var value
            )
            || value is < 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF)
        )
        {
            throw Pattern.Invalid("character code point value in \\x{} is too large or malformed");
        }

        length = close - at + 1;
        return value;
    }

    private string? TryReadPosixClass()
    {
        var end = source.IndexOf(":]", _at, StringComparison.Ordinal);
        if (end < 0 || _at + 1 >= source.Length || source[_at + 1] != ':')
            return null;

        var name = source[(_at + 2)..end];
        var members = name switch
        {
            "alpha" => "A-Za-z",
            "digit" => "0-9",
            "alnum" => "A-Za-z0-9",
            "upper" => "A-Z",
            "lower" => "a-z",
            "space" => @" \t\n\v\f\r",
            "blank" => @" \t",
            "punct" => @"!-/:-@\[-`{-~",
            "xdigit" => "0-9A-Fa-f",
            "word" => "A-Za-z0-9_",
            "cntrl" => @"\x00-\x1F\x7F",
            "print" => @"\x20-\x7E",
            "graph" => @"\x21-\x7E",
            "ascii" => @"\x00-\x7F",
            _ => throw Pattern.Invalid($"unknown POSIX class name [:{name}:]"),
        };
        _at = end + 2;
        return members;
    }

    private void AppendEscape(StringBuilder body)
    {
        if (_at + 1 >= source.Length)
            throw Pattern.Invalid("\\ at end of pattern");

        var c = source[_at + 1];
        if (c == 'x' && _at + 2 < source.Length && source[_at + 2] == '{')
        {
            var value = ParseCodePoint(source, _at, out var length);
            if (value > 0xFFFF)
                throw AstralMember();

            body.Append(CultureInfo.InvariantCulture, $"\\u{value:X4}");
            _at += length;
            return;
        }

        _at += 2;
        body.Append(
            c switch
            {
                'd' => "0-9",
                'w' => "A-Za-z0-9_",
                's' => @" \t\n\v\f\r",
                'D' => @"\x00-/:-\uFFFF",
                'W' => @"\x00-/:-@\[-\^`{-\uFFFF",
                'S' => @"\x00-\x08\x0E-\x1F\x21-\uFFFF",
                'h' => @" \t\u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000",
                'v' => @"\n\v\f\r\u0085\u2028\u2029",
                'Q' or 'E' or 'R' or 'X' or 'N' or 'H' or 'V' or 'B' => throw Pattern.Invalid(
                    string.Create(CultureInfo.InvariantCulture, $"escape sequence \\{c} is invalid in character class")
                ),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\{c}"),
            }
        );
    }

    private static Exception AstralMember() => Pattern.Invalid("characters beyond U+FFFF in a class are not supported by this server");
}
