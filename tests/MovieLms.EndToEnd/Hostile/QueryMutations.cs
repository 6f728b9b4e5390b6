namespace MovieLms.EndToEnd.Hostile;

/// <summary>Mutations of the query: wrong values, repeated and unknown parameters, and very long queries.</summary>
internal static class QueryMutations
{
    private static readonly string[] Unknown =
    [
        "$where=1",
        "%24gt=",
        "a[$ne]=1",
        "a.b=1",
        "__proto__[role]=admin",
        "access_token={secret}",
        "_method=DELETE",
        "callback=x",
        "debug=true",
        "limit=100&limit=-1",
        "&&&&",
        "=",
        "=x",
        "a",
        "%00=%00",
        "%ff=%ff",
        "a=%",
        "?a=b",
        "a=b;c=d",
        "strict",
        "id=1",
        "\xff=\xfe",
        "a= b",
    ];

    internal static IEnumerable<Mutation> Of(WalkOperation operation)
    {
        foreach (var name in operation.Query)
        {
            foreach (var value in HostileTexts.Encoded.Concat(Cursors(name)))
                yield return New($"{name}={PathMutations.Abbreviate(value)}", $"{name}={value}");
            yield return New($"{name} twice", $"{name}=1&{name}=2");
            yield return New($"{name} a thousand times", string.Join('&', Enumerable.Repeat($"{name}=1", 1_000)), isTooLong: true);
            yield return New($"{name}[$ne]", $"{name}[$ne]=1&{name}[]=1&{name}.x=1&{name.ToUpperInvariant()}=2");
        }
        foreach (var query in Unknown)
            yield return New(query, query);
        yield return New("a query of 6 KB", "a=" + new string('x', 6_000));
        yield return New("a query of 100 KB", "a=" + new string('x', 100_000), isTooLong: true);
        yield return New("a thousand parameters", string.Join('&', Enumerable.Range(0, 900).Select(i => $"p{i}=")));
        yield return New("2,000 parameters", string.Join('&', Enumerable.Range(0, 2_000).Select(i => $"p{i}=")), isTooLong: true);
    }

    /// <summary>Returns well-formed base64url values that are not valid cursors.</summary>
    private static IEnumerable<string> Cursors(string name) =>
        name != "cursor"
            ? []
            : new[]
            {
                "AA",
                "BQAAAAA",
                new string('A', 1_000),
                Base64("{\"s\":\"title\"}"),
                Base64("{\"s\":\"\",\"k\":{\"$gt\":1},\"i\":\"000000000000000000000000\"}"),
                Base64(new string('[', 500)),
            };

    private static string Base64(string text) =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static Mutation New(string name, string query, bool isTooLong = false) =>
        new(
            "query",
            $"?{name}",
            draft =>
            {
                draft.Query.Add(query);
                // The server itself rejects targets with spaces or non-ASCII bytes.
                draft.MayBeClosed |= isTooLong || query.Any(letter => letter is ' ' or > '\x7f');
            }
        );
}
