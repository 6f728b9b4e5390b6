using System.Text;
using System.Text.RegularExpressions;

namespace EmbeddedMongo.Query.Patterns;

/// <summary>
/// Rewrites a PCRE pattern for .NET's engine where the two differ: POSIX classes, possessive quantifiers, <c>\Q…\E</c>,
/// <c>\h \v \R \N \x{…}</c>, Python-style groups, ASCII <c>\d \w \s \b</c>, and characters beyond U+FFFF as one. Rejects
/// patterns that .NET cannot express (recursion, <c>\K</c>, verbs, …).
/// </summary>
internal sealed partial class PatternTranslator(string source, bool forUnicode, RegexOptions options)
{
    private const int MaxNesting = 250;

    private readonly bool _extended = options.HasFlag(RegexOptions.IgnorePatternWhitespace);

    // Matches one character that is not half of a surrogate pair. If the pattern changes the meaning of a dot, .NET's dot is kept.
    private readonly string _dot =
        InlineDotAll().IsMatch(source) ? "."
        : options.HasFlag(RegexOptions.Singleline) ? @"[^\uD800-\uDFFF]"
        : @"[^\n\uD800-\uDFFF]";

    private readonly StringBuilder _output = new(source.Length + 16);
    private readonly Stack<int> _groups = new();
    private int _at;
    private int _atomStart;

    public string Translate()
    {
        while (_at < source.Length)
        {
            var c = source[_at];
            switch (c)
            {
                case '\\':
                    _atomStart = _output.Length;
                    AppendEscape();
                    break;
                case '[':
                    _atomStart = _output.Length;
                    _at = new PatternClass(source, _at, _output, forUnicode).Translate();
                    break;
                case '(':
                    OpenGroup();
                    break;
                case ')':
                    _at++;
                    _output.Append(')');
                    _atomStart = _groups.Count > 0 ? _groups.Pop() : throw Pattern.Invalid("unmatched closing parenthesis");
                    break;
                case '.':
                    _atomStart = _output.Length;
                    AppendDot();
                    break;
                case '*' or '+' or '?':
                    _at++;
                    AppendQuantifier(c.ToString());
                    break;
                case '{' when PeekCountedQuantifier() is { } counted:
                    _at += counted.Length;
                    AppendQuantifier(counted);
                    break;
                case ' ' or '\t' or '\n' or '\r' when _extended:
                    _at++;
                    break;
                case '#' when _extended:
                    var end = source.IndexOf('\n', _at);
                    _at = end < 0 ? source.Length : end + 1;
                    break;
                default:
                    _atomStart = _output.Length;
                    AppendLiteral();
                    break;
            }
        }

        return _groups.Count == 0 ? _output.ToString() : throw Pattern.Invalid("missing closing parenthesis");
    }

    // A surrogate pair becomes one atom, so that a quantifier repeats both halves.
    private void AppendLiteral()
    {
        if (char.IsHighSurrogate(source[_at]) && _at + 1 < source.Length)
        {
            _output.Append("(?:").Append(source, _at, 2).Append(')');
            _at += 2;
            return;
        }

        _output.Append(source[_at++]);
    }

    private void AppendDot()
    {
        _at++;
        var repeats = _at < source.Length && source[_at] is '*' or '+';
        if (!forUnicode || repeats)
        {
            _output.Append('.');
            return;
        }

        _output.Append("(?:").Append(PatternEscapes.AstralCharacter).Append('|').Append(_dot).Append(')');
    }

    private string? PeekCountedQuantifier()
    {
        var close = source.IndexOf('}', _at);
        if (close < 0)
            return null;

        var body = source.AsSpan(_at + 1, close - _at - 1);
        var comma = body.IndexOf(',');
        var low = comma < 0 ? body : body[..comma];
        var high = comma < 0 ? default : body[(comma + 1)..];
        if (low.IsEmpty || low.ContainsAnyExceptInRange('0', '9') || high.ContainsAnyExceptInRange('0', '9'))
            return null;

        return low.Length > 5 || high.Length > 5
            ? throw Pattern.Invalid("number too big in {} quantifier")
            : source.Substring(_at, close - _at + 1);
    }

    private void AppendQuantifier(string quantifier)
    {
        _output.Append(quantifier);
        if (_at >= source.Length)
            return;

        if (source[_at] == '?')
        {
            _output.Append('?');
            _at++;
        }
        else if (source[_at] == '+')
        {
            _output.Insert(_atomStart, "(?>").Append(')');
            _at++;
        }
    }

    private void OpenGroup()
    {
        _groups.Push(_output.Length);
        if (_groups.Count > MaxNesting)
            throw Pattern.Invalid("parentheses are too deeply nested");

        var rest = source.AsSpan(_at);
        if (rest.StartsWith("(*"))
            throw Pattern.Invalid("verbs (*...) are not supported");

        if (rest.StartsWith("(?P<"))
        {
            _output.Append("(?<");
            _at += 4;
        }
        else if (rest.StartsWith("(?P="))
        {
            var close = source.IndexOf(')', _at);
            _output.Append(@"\k<").Append(source, _at + 4, Math.Max(close, _at + 4) - _at - 4).Append('>');
            _groups.Pop();
            _atomStart = _output.Length;
            _at = close < 0 ? throw Pattern.Invalid("missing closing parenthesis") : close + 1;
        }
        else if (rest.StartsWith("(?#"))
        {
            var close = source.IndexOf(')', _at);
            _groups.Pop();
            _at = close < 0 ? throw Pattern.Invalid("missing ) after (?# comment") : close + 1;
        }
        else if (
            rest.Length > 2
            && rest[1] == '?'
            && (rest[2] is 'R' or 'P' or '&' or '|' or 'C' or '(' or '+' || char.IsAsciiDigit(rest[2]))
        )
        {
            throw Pattern.Invalid("recursion, conditions and branch resets are not supported");
        }
        else if (rest.StartsWith("(?"))
        {
            _output.Append("(?");
            _at += 2;
            CopyGroupHead();
        }
        else
        {
            _output.Append('(');
            _at++;
        }
    }

    // Copies the group's head, from after "(?" to the start of its content: "<name>", "'name'", "=", "!", "<=", "<!", ">", ":", flags.
    private void CopyGroupHead()
    {
        while (_at < source.Length)
        {
            var c = source[_at++];
            if (c == ')')
            {
                // Flags for the rest of the enclosing group, such as (?i).
                _output.Append(')');
                _groups.Pop();
                _atomStart = _output.Length;
                return;
            }

            if (c is 'J' or 'U' or 'X')
                throw Pattern.Invalid($"the option (?{c}) is not supported");

            _output.Append(c);
            if (c is '=' or '!' or ':' or '>')
                return;

            if (c is '<' or '\'' && _at < source.Length && source[_at] is not ('=' or '!'))
            {
                var close = source.IndexOf(c == '<' ? '>' : '\'', _at);
                if (close < 0)
                    throw Pattern.Invalid("syntax error in subpattern name");

                _output.Append(source, _at, close - _at + 1);
                _at = close + 1;
                return;
            }
        }
    }

    private void AppendEscape()
    {
        if (_at + 1 >= source.Length)
            throw Pattern.Invalid("\\ at end of pattern");

        var c = source[_at + 1];
        if (c == 'Q')
        {
            var end = source.IndexOf("\\E", _at + 2, StringComparison.Ordinal);
            var stop = end < 0 ? source.Length : end;
            for (_at += 2; _at < stop; _at++)
            {
                _atomStart = _output.Length;
                _output.Append(char.IsLetterOrDigit(source[_at]) || source[_at] > 127 ? "" : "\\").Append(source[_at]);
            }

            _at = end < 0 ? stop : stop + 2;
            return;
        }

        if (c == 'x' && _at + 2 < source.Length && source[_at + 2] == '{')
        {
            _at += PatternClass.AppendCodePoint(source, _at, _output);
            return;
        }

        _at += 2;
        _output.Append(PatternEscapes.Of(c, forUnicode));
    }

    [GeneratedRegex(@"\(\?[a-zA-Z]*s")]
    private static partial Regex InlineDotAll();
}
