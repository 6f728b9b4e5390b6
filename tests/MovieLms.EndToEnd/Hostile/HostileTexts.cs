namespace MovieLms.EndToEnd.Hostile;

/// <summary>Texts that nobody sends in good faith.</summary>
internal static class HostileTexts
{
    /// <summary>Percent-encoded, for paths and queries.</summary>
    internal static readonly string[] Encoded =
    [
        "", "%20", "-1", "0", "1.5", "NaN", "Infinity", "1e999", "-1e999", "0x10", "1,5", "2147483648", "9223372036854775808", "99999999999999999999999", "true", "null", "undefined",
        "%7B%22$gt%22:%22%22%7D", "%7B%22$where%22:%22sleep(1000)%22%7D", "%5B%5D", "$where", "a.b", "__proto__", "%00", "a%00b", "%ff%fe", "%c0%ae%c0%ae", "%ed%a0%80", "%u0041", "%", "%zz",
        "%0d%0aSet-Cookie:x=y", "%0d%0afail:%20forged", "%0a", "%E2%80%AE%07", "%F0%9F%8E%AC", "%EF%BB%BF", ".*", "(a%2B)%2B$", "%5B", "%28%5B", "%27%20OR%201=1--", "%3Cscript%3E", "$%7Bjndi:ldap://x%7D", "%7B%7B7*7%7D%7D",
        "..%2f..%2fetc%2fpasswd", "..%5c..%5cwindows", "%2e%2e", "....//", "C:%5C", "000000000000000000000000", "507f1f77bcf86cd799439011", "507F1F77BCF86CD79943901", "zzzzzzzzzzzzzzzzzzzzzzzz",
        "0001-01-01", "9999-12-31T23:59:59.9999999Z", "2026-13-45", "-271821-04-20T00:00:00Z", "2026-02-30T25:61:61%2B99:99", "+275760-09-13", "10000-01-01", new('x', 300), new('9', 5_000), new('a', 7_000),
    ];

    /// <summary>JSON values that no member expects, or that only one type of member does.</summary>
    internal static readonly string[] Json =
    [
        """{"$gt":""}""", """{"$ne":null}""", """{"$where":"sleep(1000)"}""", """{"$regex":".*"}""", """{"$in":[1,2]}""", """{"a.b":1,"$set":{"role":"admin"}}""", """{"__proto__":{"role":"admin"}}""", """{"$date":"2026-01-01"}""", """{"$oid":"507f1f77bcf86cd799439011"}""",
        "{}", "[]", "[null]", """[{"$gt":1}]""", "[[[[]]]]", "null", "true", "false", "0", "-0", "-1", "1.5", "0.1", "1e2", "1E400", "-1e400", "1e-400", "123456789012345678901234567890", "2147483648", "-2147483649", "9223372036854775808", "1.7976931348623157e308", "0.30000000000000004",
        "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83c\\udfac\"", "\"\\u202e\\u0007\"", "\"\\u001b[2J\"", "\"\\ufeff\"", "\"a\\r\\nBcc: evil@example.test\"", "\"a\\r\\nfail: forged\"", "\"=cmd|' /C calc'!A0\"", "\"NaN\"", "\"Infinity\"", "\"1\"", "\"true\"", "\"{\\\"$ne\\\":1}\"",
        "\"$where\"", "\"$title\"", "\"../../etc/passwd\"", "\"..\\\\..\\\\x\"", "\"<script>alert(1)</script>\"", "\"${jndi:ldap://x}\"", "\"\\u0130\\u00df\\u0000\"", "\"e\\u0301\"", "\"000000000000000000000000\"", "\"507f1f77bcf86cd799439011\"",
        "\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"2026-13-45T99:99:99Z\"", "\"2026-01-01\"", "\"-0001-01-01T00:00:00Z\"", "\"2026-06-30T23:59:60Z\"",
        "\"a@b\"", "\"a@b.c\\r\\nRCPT TO:<x>\"", "\"\\\"a b\\\"@example.test\"", "\"a@xn--\\u00fc.example\"", "\"+99999999999999999999\"", "\"admin\"", Quoted(70_000), Quoted(300), Quoted(20_000, "\\u0001"), Quoted(3_000, "\\ud83c\\udfac"), Quoted(3_000, "e\\u0301"),
    ];

    /// <summary>Header values; some end the line and begin another.</summary>
    internal static readonly string[] Header =
    [
        "", " ", "*", "\"1\"", "\"", "W/\"1\"", "\"1\", \"2\"", "\"999999999999999999999\"", "\"-1\"", "garbage", "{\"$ne\":1}", "../../x", "\0", "a\0b", "\x01\x7f", "\xff\xfe", "a\r\nX-Injected: yes", "a\r\n\r\nGET /api/users HTTP/1.1\r\nHost: x\r\n\r\n", "a\nX-Injected: yes", "a\rb",
        "%0d%0aX-Injected:%20yes", "bytes=0-18446744073709551615", "bytes=5-1", "bytes=0-0,1-1,2-2,3-3", "bytes=-0", "999999999999999999999999", "-1", "text/html;q=x", "application/json; charset=nonsense", "text/csv; charset=utf-16", "'; DROP TABLE users--", new('a', 300), new('a', 7_000), new(',', 2_000),
    ];

    internal static string Quoted(int length, string unit = "x") => $"\"{string.Concat(Enumerable.Repeat(unit, length))}\"";
}
