using System.Text.Encodings.Web;
using System.Text.Json;

namespace MovieLms.Web.Analytics.Pipelines;

/// <summary>A part of formatted JSON.</summary>
/// <param name="Text">The text, unescaped for HTML.</param>
/// <param name="Class">The CSS class; null for punctuation and space.</param>
public readonly record struct JsonToken(string Text, string? Class = null);

/// <summary>Formats JSON for people: objects and arrays that fit stay on one line. Escapes nothing that a page can show.</summary>
public static class JsonText
{
    private const int Width = 72;
    private const int Indent = 2;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the tokens, for highlighting.</summary>
    public static IReadOnlyList<JsonToken> Format(JsonElement json)
    {
        var tokens = new List<JsonToken>();
        Write(tokens, json, indent: 0, column: 0);
        return tokens;
    }

    /// <summary>Returns the text of several stages as an array, each stage on lines of its own.</summary>
    public static string FormatStages(IEnumerable<JsonElement> stages)
    {
        var texts = stages.Select(stage =>
        {
            var tokens = new List<JsonToken> { new(new string(' ', Indent)) };
            Write(tokens, stage, Indent, Indent);
            return ToText(tokens);
        });
        return $"[\n{string.Join(",\n", texts)}\n]";
    }

    /// <summary>Returns the text of tokens.</summary>
    public static string ToText(IEnumerable<JsonToken> tokens) => string.Concat(tokens.Select(token => token.Text));

    private static void Write(List<JsonToken> tokens, JsonElement json, int indent, int column)
    {
        if (json.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            tokens.Add(Scalar(json));
            return;
        }
        var isObject = json.ValueKind == JsonValueKind.Object;
        var (open, close) = isObject ? ("{", "}") : ("[", "]");
        var children = isObject
            ? [.. json.EnumerateObject().Select(member => ((JsonToken?)Name(member.Name), member.Value))]
            : json.EnumerateArray().Select(item => ((JsonToken?)null, item)).ToList();
        if (children.Count == 0)
        {
            tokens.Add(new(open + close));
            return;
        }
        var fits = column + GetLength(json) <= Width;
        tokens.Add(new(open));
        for (var i = 0; i < children.Count; i++)
        {
            var (name, value) = children[i];
            tokens.Add(new(fits ? (i > 0 || isObject ? " " : "") : "\n" + new string(' ', indent + Indent)));
            var start = indent + Indent;
            if (name is { } key)
            {
                tokens.Add(key);
                tokens.Add(new(": "));
                start += key.Text.Length + 2;
            }
            // A value on the line of its parent never breaks.
            Write(tokens, value, indent + Indent, fits ? int.MinValue / 2 : start);
            if (i + 1 < children.Count)
                tokens.Add(new(","));
        }
        tokens.Add(new(fits ? (isObject ? " " : "") : "\n" + new string(' ', indent)));
        tokens.Add(new(close));
    }

    private static JsonToken Name(string name) => new(Quote(name), name.StartsWith('$') ? "json-operator" : "json-name");

    private static JsonToken Scalar(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => new(Quote(json.GetString()!), "json-string"),
            JsonValueKind.Number => new(json.GetRawText(), "json-number"),
            _ => new(json.GetRawText(), "json-literal"),
        };

    private static string Quote(string text) => JsonSerializer.Serialize(text, Readable);

    private static int GetLength(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => 2 + json.EnumerateObject().Sum(member => Quote(member.Name).Length + 4 + GetLength(member.Value)),
            JsonValueKind.Array => 2 + json.EnumerateArray().Sum(item => GetLength(item) + 2),
            _ => Scalar(json).Text.Length,
        };
}
