using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MovieLms.Testing.Docs;

/// <summary>One request of a page and what the page says of its answer.</summary>
/// <param name="Where">File and line.</param>
/// <param name="Method">As written.</param>
/// <param name="Target">Path and query, names in braces not yet replaced.</param>
/// <param name="Headers">As written.</param>
/// <param name="Body">Empty for none.</param>
/// <param name="Status">The expected status.</param>
/// <param name="Rules">The lines behind the status.</param>
public sealed partial record DocRequest(
    string Where,
    string Method,
    string Target,
    IReadOnlyList<(string Name, string Value)> Headers,
    string Body,
    int Status,
    IReadOnlyList<string> Rules
)
{
    internal static DocRequest Parse(string block, string where)
    {
        var end = Expectation().Match(block);
        if (!end.Success)
            throw new DocPageException($"{where}: the block has no line '### <status>'.");
        var parts = block[..end.Index].Split("\n\n", 2);
        var lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ', 2);
        if (first.Length != 2)
            throw new DocPageException($"{where}: the first line must be a method and a path.");
        // A long query may go on in indented lines, as in .http files.
        var query = lines.Skip(1).TakeWhile(line => line.StartsWith(' ')).Select(line => line.Trim()).ToArray();
        var headers = lines.Skip(1 + query.Length).Select(line => line.Split(':', 2)).Select(pair => (pair[0].Trim(), pair[1].Trim()));
        return new DocRequest(
            where,
            first[0],
            first[1].Trim() + string.Concat(query),
            [.. headers],
            parts.Length > 1 ? parts[1].Trim() : "",
            int.Parse(end.Groups["status"].Value, CultureInfo.InvariantCulture),
            block[(end.Index + end.Length)..].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
    }

    internal async Task RunAsync(HttpClient client, IDictionary<string, string> values)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(Fill(Target, values), UriKind.Relative));
        var contentType = "application/json";
        foreach (var (name, value) in Headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                contentType = value;
            else
                request.Headers.TryAddWithoutValidation(name, Fill(value, values));
        }
        if (Body.Length > 0)
            request.Content = new StringContent(Fill(Body, values), Encoding.UTF8, contentType);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode != Status)
        {
            throw new DocPageException(
                $"{Where}: {Method} {Target} answered {(int)answer.StatusCode}, and the page says {Status}:\n{text}"
            );
        }

        if (Rules.Count == 0)
            return;
        using var json = JsonDocument.Parse(text);
        foreach (var rule in Rules)
            Apply(rule, json.RootElement, values);
    }

    private void Apply(string rule, JsonElement answer, IDictionary<string, string> values)
    {
        if (rule.Split(" == ", 2) is [var path, var expected])
        {
            var found = At(answer, path);
            if (found != Fill(expected, values))
                throw new DocPageException($"{Where}: {path} is {found}, and the page says {Fill(expected, values)}:\n{answer}");
        }
        else if (rule.Split(" = ", 2) is [var name, var from])
        {
            values[name.Trim()] = At(answer, from);
        }
        else
        {
            throw new DocPageException($"{Where}: '{rule}' is neither 'name = path' nor 'path == value'.");
        }
    }

    /// <summary>
    /// A value by its path: members and indexes with dots between, <c>items.0.id</c>; <c>length</c> of an array is its length.
    /// </summary>
    private string At(JsonElement answer, string path)
    {
        var value = answer;
        foreach (var step in path.Trim().Split('.'))
        {
            if (value.ValueKind == JsonValueKind.Array && step == "length")
                return value.GetArrayLength().ToString(CultureInfo.InvariantCulture);
            if (
                value.ValueKind == JsonValueKind.Array
                && int.TryParse(step, CultureInfo.InvariantCulture, out var index)
                && index < value.GetArrayLength()
            )
            {
                value = value[index];
            }
            else if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(step, out var member))
            {
                value = member;
            }
            else
            {
                throw new DocPageException($"{Where}: the answer has no {path}:\n{answer}");
            }
        }
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }

    private string Fill(string text, IDictionary<string, string> values) =>
        Name()
            .Replace(
                text,
                match =>
                    values.TryGetValue(match.Groups["name"].Value, out var value)
                        ? value
                        : throw new DocPageException($"{Where}: nothing is called {match.Value} yet.")
            );

    [GeneratedRegex(@"^### (?<status>\d{3}).*$", RegexOptions.Multiline)]
    private static partial Regex Expectation();

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}")]
    private static partial Regex Name();
}
