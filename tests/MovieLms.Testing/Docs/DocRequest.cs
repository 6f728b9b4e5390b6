using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MovieLms.Testing.Docs;

/// <summary>A request of a page and its expected response.</summary>
/// <param name="Location">The file and line.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">The path and query, with names in braces not yet replaced.</param>
/// <param name="Headers">The headers as written.</param>
/// <param name="Body">The body; empty for none.</param>
/// <param name="Status">The expected status.</param>
/// <param name="Rules">The lines after the status.</param>
public sealed partial record DocRequest(
    string Location,
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
            throw new DocPageException($"{where}: the block must contain a line '### <status>'.");
        var parts = block[..end.Index].Split("\n\n", 2);
        var lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ', 2);
        if (first.Length != 2)
            throw new DocPageException($"{where}: the first line must be a method and a path.");
        // A long query may continue on indented lines, as in .http files.
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
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != Status)
        {
            throw new DocPageException(
                $"{Location}: {Method} {Target} responded with {(int)response.StatusCode}, but the page says {Status}:\n{text}"
            );
        }

        if (Rules.Count == 0)
            return;
        using var json = JsonDocument.Parse(text);
        foreach (var rule in Rules)
        {
            if (HeaderRule().Match(rule) is { Success: true } header)
                values[header.Groups["name"].Value] = response.Headers.GetValues(header.Groups["header"].Value).Single();
            else
                ApplyRule(rule, json.RootElement, values);
        }
    }

    private void ApplyRule(string rule, JsonElement response, IDictionary<string, string> values)
    {
        if (rule.Split(" == ", 2) is [var path, var expected])
        {
            var found = GetValue(response, path);
            if (found != Fill(expected, values))
                throw new DocPageException($"{Location}: {path} is {found}, but the page says {Fill(expected, values)}:\n{response}");
        }
        else if (rule.Split(" = ", 2) is [var name, var from])
        {
            values[name.Trim()] = GetValue(response, from);
        }
        else
        {
            throw new DocPageException($"{Location}: '{rule}' must be 'name = path', 'name = header NAME' or 'path == value'.");
        }
    }

    /// <summary>
    /// Returns the value at a path of members and indexes, such as <c>items.0.id</c>. <c>length</c> returns the length of an array.
    /// </summary>
    private string GetValue(JsonElement response, string path)
    {
        var value = response;
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
                throw new DocPageException($"{Location}: the response has no {path}:\n{response}");
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
                        : throw new DocPageException($"{Location}: {match.Value} is not defined yet.")
            );

    [GeneratedRegex(@"^### (?<status>\d{3}).*$", RegexOptions.Multiline)]
    private static partial Regex Expectation();

    [GeneratedRegex(@"^(?<name>\w+) = header (?<header>\S+)$")]
    private static partial Regex HeaderRule();

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}")]
    private static partial Regex Name();
}
