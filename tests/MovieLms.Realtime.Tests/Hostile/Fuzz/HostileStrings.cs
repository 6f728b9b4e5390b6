namespace MovieLms.Realtime.Tests.Hostile.Fuzz;

/// <summary>Texts that are well-formed Unicode and wrong for every parameter, or close to right.</summary>
internal static class HostileStrings
{
    private const string Id = "600000000000000000000001";

    internal static IEnumerable<(string Name, string Text)> All =>
    [
        ("empty", ""), ("blank", " \t\r\n "), ("NUL", "\0"), ("control characters", "\u0001\u0002\b\f\u001b[31m\u007f\u0085"), ("bell", "lobby\a"),
        ("record separator", "lobby\u001elobby"), ("CRLF", "lobby\r\nSet-Cookie: a=b"), ("line separators", "a\u2028b\u2029c"), ("byte order mark", "\ufefflobby"),
        ("zero width", "lob\u200bby"), ("right to left", "\u202elobby\u202c"), ("not a character", "\uffff\ufffe"), ("private use", new string('\ue000', 300)),
        ("combining", "e" + new string('\u0301', 2_000)), ("expands when composed", new string('\ufdfa', 3_000)), ("outside the BMP", string.Concat(Enumerable.Repeat("😀", 10))),
        ("homoglyph", "l\u043ebby"), ("upper case", "LOBBY"), ("with space", " lobby "), ("long", new string('x', 4_001)), ("longer", new string('y', 16_001)),
        ("longest", new string('z', 28_000)), ("over the limit", new string('w', 40_000)), ("digits", new string('9', 500)), ("negative", "-1"), ("number", "1"),
        ("float", "1e308"), ("NaN", "NaN"), ("infinity", "Infinity"), ("true", "true"), ("null text", "null"), ("undefined", "undefined"), ("JSON object", "{\"$ne\":null}"),
        ("JSON array", "[]"), ("operator", "$where"), ("dotted", "a.b.$.c"), ("regular expression", "^(a+)+$"), ("prototype", "__proto__"), ("script", "<script>alert(1)</script>"),
        ("markup", "<img src=x onerror=alert(1)>"), ("SQL", "' OR 1=1 --"), ("template", "{{7*7}}${7*7}<%=7*7%>"), ("format", "{0}{1}%s%n%x"), ("shell", "$(id)`id`;id|id"),
        ("traversal", "../../../../etc/passwd"), ("traversal for Windows", "..\\..\\windows\\win.ini"), ("file URL", "file:///etc/passwd"), ("URL", "http://169.254.169.254/"),
        ("log4j", "${jndi:ldap://127.0.0.1/a}"), ("course without id", "course:"), ("course of nobody", $"course:{Id}"), ("course with a short id", $"course:{Id[1..]}"),
        ("course with a long id", $"course:{Id}1"), ("course in upper case", $"course:{new string('A', 24)}"), ("course with other digits", $"course:{new string('g', 24)}"),
        ("course with wide digits", $"course:{new string('\uff11', 24)}"), ("course with a suffix", $"course:{Id}:x"), ("two prefixes", $"course:course:{Id}"), ("direct without ids", "dm::"),
        ("direct with one id", $"dm:{Id}:"), ("direct with oneself", $"dm:{Id}:{Id}"), ("direct of strangers", $"dm:{Id}:{Id[..23]}2"), ("direct in the wrong order", $"dm:{Id[..23]}2:{Id}"),
        ("direct with a third", $"dm:{Id}:{Id[..23]}2:{Id[..23]}3"), ("a user's group", $"user:{Id}"), ("another room", "attic"), ("an id", Id), ("an id in upper case", new string('F', 24)),
        ("an empty id", new string('0', 24)), ("a short id", "6"), ("a GUID", "7f1d3a52-0000-4000-8000-000000000000"), ("a type's name", "System.Object, System.Private.CoreLib"),
    ];
}
