using System.Text.Json;

namespace MovieLms.Web.Analytics;

/// <summary>Shows the documents of an ad-hoc pipeline as a table if they have no nested values.</summary>
public static class PipelineResult
{
    /// <summary>The number of documents that a page shows.</summary>
    public const int MaxShown = 200;

    private const int MaxColumns = 30;

    /// <summary>Returns the documents as a table; null if one has a nested value or they have too many fields.</summary>
    public static DataTable? ToTable(IReadOnlyList<JsonElement> documents)
    {
        if (documents.Count == 0 || documents.Any(document => document.ValueKind != JsonValueKind.Object))
            return null;
        var names = documents.SelectMany(document => document.EnumerateObject()).Select(member => member.Name).Distinct().ToList();
        if (names.Count is 0 or > MaxColumns)
            return null;
        var rows = new List<IReadOnlyList<Cell>>();
        foreach (var document in documents)
        {
            var row = names.Select(name => document.TryGetProperty(name, out var value) ? ToText(value) : Texts.None).ToList();
            if (row.Contains(null))
                return null;
            rows.Add([.. row.Select(text => new Cell(text!))]);
        }
        return new DataTable(
            "Result",
            [.. names.Select(name => new Column(name, documents.All(document => IsNumber(document, name))))],
            rows
        );
    }

    /// <summary>Returns a scalar, an ID or a date as text; null for a nested value.</summary>
    private static string? ToText(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => Texts.None,
            JsonValueKind.Object => UnwrapExtended(value),
            JsonValueKind.Array => null,
            _ => value.GetRawText(),
        };

    /// <summary>Returns the value of extended JSON, such as <c>{ "$date": "…" }</c>.</summary>
    private static string? UnwrapExtended(JsonElement value)
    {
        var members = value.EnumerateObject().ToList();
        return
            members is [{ Name: "$oid" or "$date" or "$numberDecimal" or "$numberLong" or "$uuid", Value: var inner }]
            && inner.ValueKind == JsonValueKind.String
            ? inner.GetString()
            : null;
    }

    private static bool IsNumber(JsonElement document, string name) =>
        !document.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Number or JsonValueKind.Null;
}
