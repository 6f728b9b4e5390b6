using System.Text.Json;

namespace MovieLms.EndToEnd.Hostile;

/// <summary>An endpoint of the walk: a row of the table with its description in the OpenAPI document.</summary>
/// <param name="Row">The valid request.</param>
/// <param name="Query">The names of the query parameters.</param>
/// <param name="Members">The members of the JSON body, nested ones in dot notation; empty without a JSON body.</param>
/// <param name="Statuses">The declared statuses; empty if the endpoint is not in the document.</param>
internal sealed record WalkOperation(
    WalkTable.Row Row,
    IReadOnlyList<string> Query,
    IReadOnlyList<WalkMember> Members,
    IReadOnlySet<int> Statuses
)
{
    internal bool IsDocumented => Statuses.Count > 0;

    /// <summary>Joins the table with the document.</summary>
    /// <param name="document">The OpenAPI document.</param>
    /// <param name="missing">Operations without a row.</param>
    internal static IReadOnlyList<WalkOperation> Join(JsonElement document, out IReadOnlyList<string> missing)
    {
        var declared = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(operation => (Path: path.Name, Method: operation.Name.ToUpperInvariant(), operation.Value))
            )
            .ToList();
        var joined = WalkTable
            .Rows.Select(row =>
                (
                    Row: row,
                    Found: declared
                        .Where(operation => operation.Method == row.Method && Matches(operation.Path, row.Path))
                        .OrderBy(operation => operation.Path.Count(letter => letter == '{'))
                        .FirstOrDefault()
                )
            )
            .ToList();
        missing =
        [
            .. declared
                .Where(operation => !joined.Exists(pair => pair.Found.Path == operation.Path && pair.Found.Method == operation.Method))
                .Select(operation => $"{operation.Method} {operation.Path}"),
        ];
        return
        [
            .. joined.Select(pair =>
                pair.Found.Path is null ? new WalkOperation(pair.Row, [], [], new HashSet<int>()) : Of(document, pair.Row, pair.Found.Value)
            ),
        ];
    }

    private static WalkOperation Of(JsonElement document, WalkTable.Row row, JsonElement operation)
    {
        var query = operation.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                .Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];
        var members =
            operation.TryGetProperty("requestBody", out var body)
            && body.GetProperty("content").TryGetProperty("application/json", out var json)
                ? GetMembers(document, json.GetProperty("schema"), "")
                : [];
        return new WalkOperation(
            row,
            [.. query],
            [.. members],
            operation
                .GetProperty("responses")
                .EnumerateObject()
                .Select(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture))
                .ToHashSet()
        );
    }

    private static bool Matches(string template, string path)
    {
        var (expected, actual) = (template.Split('/'), path.Split('/'));
        return expected.Length == actual.Length
            && expected.Zip(actual).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
    }

    private static IEnumerable<WalkMember> GetMembers(JsonElement document, JsonElement schema, string prefix)
    {
        if (!Resolve(document, schema).TryGetProperty("properties", out var properties))
            yield break;
        foreach (var member in properties.EnumerateObject())
        {
            yield return new WalkMember(prefix + member.Name, IsScalar(document, member.Value));
            foreach (var nested in GetMembers(document, member.Value, $"{prefix}{member.Name}."))
                yield return nested;
        }
    }

    private static bool IsScalar(JsonElement document, JsonElement schema)
    {
        schema = Resolve(document, schema);
        return schema.TryGetProperty("enum", out _)
            || (
                schema.TryGetProperty("type", out var type)
                && (
                    type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()) : [type.GetString()]
                ).All(name => name is "string" or "integer" or "number" or "boolean" or "null")
            );
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema)
    {
        while (true)
        {
            if (schema.TryGetProperty("oneOf", out var choices))
                schema = choices.EnumerateArray().Last();
            if (!schema.TryGetProperty("$ref", out var reference))
                return schema;
            schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }
    }
}

/// <summary>A member of a JSON body.</summary>
/// <param name="Name">The path of the member in dot notation.</param>
/// <param name="IsScalar">True if it accepts neither an object nor an array.</param>
internal sealed record WalkMember(string Name, bool IsScalar);
