using System.Text;
using System.Text.Json.Nodes;
using MovieLms.EndToEnd.Hostile;

namespace MovieLms.EndToEnd.Contract;

/// <summary>
/// The document declares what the server does: every operation is called through a <see cref="ContractProxy"/>, with valid requests,
/// with the examples of the document, and with requests that fail.
/// </summary>
public sealed class ContractTests
{
    private const string Json = "application/json";

    /// <summary>Bodies that have no example, because they are not text.</summary>
    private static readonly string[] Binary =
    [
        "application/pdf",
        "application/octet-stream",
        "application/zip",
        "image/jpeg",
        "image/png",
        "image/webp",
    ];

    [Fact]
    public async Task The_server_sends_only_what_the_document_declares_and_accepts_its_examples()
    {
        await using var campus = await Campus.StartAsync(isBehindGateway: false);
        await using var proxy = await ContractProxy.StartAsync(campus.Address);
        var resources = new CampusResources(campus);
        await resources.CreateSharedAsync();
        var walker = new Walker(campus, resources, proxy.Address);
        using var http = walker.Connect();
        var faults = new List<string>();
        foreach (var row in WalkTable.Rows)
        {
            if (ApiContract.Current.Find(row.Method, Fill(row.Path)) is not { } operation)
                continue;
            faults.AddRange(await CheckRowAsync(walker, http, row, operation));
            await SendFailingAsync(walker, http, row);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Empty(ApiContract.Current.GetOperations().Select(operation => operation.Id).Except(proxy.Operations));
        proxy.AssertNone();
    }

    [Fact]
    public void Every_request_and_response_has_an_example_that_fits_its_schema()
    {
        var faults = new List<string>();
        foreach (var operation in ApiContract.Current.GetOperations())
        {
            var requests = operation.Value["requestBody"]?["content"]?.AsObject().Select(content => ("request", content)) ?? [];
            var responses = operation.Value["responses"]!
                .AsObject()
                .SelectMany(response => response.Value!["content"]?.AsObject().Select(content => (response.Key, content)) ?? []);
            foreach (var (where, (mediaType, content)) in requests.Concat(responses))
            {
                var examples = GetExamples(content!).ToList();
                if (examples.Count == 0 && !Binary.Contains(mediaType))
                    faults.Add($"{operation} {where}: no example of {mediaType}");
                if (!mediaType.EndsWith("json", StringComparison.Ordinal) || mediaType.EndsWith("ndjson", StringComparison.Ordinal))
                    continue;
                foreach (var example in examples)
                {
                    var json = Encoding.UTF8.GetBytes(example.ToJsonString());
                    faults.AddRange(
                        ApiContract.Current.Validate(content!["schema"]!, json).Select(fault => $"{operation} {where}: {fault}")
                    );
                }
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct().Take(50)));
    }

    /// <summary>Sends the valid request of the table, and then the examples of the document in its place.</summary>
    private static async Task<IReadOnlyList<string>> CheckRowAsync(Walker walker, RawHttp http, WalkTable.Row row, ApiOperation operation)
    {
        var faults = new List<string>();
        var response = await walker.SendAsync(http, Draft.Of(row), row.Caller);
        if (response?.Status != row.Status)
            return [$"{row}: {response?.Status} instead of {row.Status} {response?.Text}"];
        if (row.Status < 300 && operation.Value["responses"]![$"{row.Status}"]!["content"]?[Json] is { } declared)
            faults.AddRange(FindMissing(JsonNode.Parse(response.Body), [.. GetExamples(declared)]).Select(fault => $"{row}: {fault}"));

        foreach (var (mediaType, content) in operation.Value["requestBody"]?["content"]?.AsObject() ?? [])
        {
            foreach (var example in GetExamples(content!).Where(_ => mediaType != "multipart/form-data"))
            {
                var draft = Draft.Of(row);
                (draft.ContentType, draft.Body) = (mediaType, mediaType == Json ? Adopt(example, row.Body) : example.GetValue<string>());
                var sent = await walker.SendAsync(http, draft, row.Caller);
                if (sent?.Status != row.Status)
                    faults.Add($"{row}: {sent?.Status} for the example {draft.Body} {sent?.Text}");
            }
        }
        return faults;
    }

    /// <summary>Provokes the common errors: no token, no permission, malformed JSON, an unknown media type and a stale version.</summary>
    private static async Task SendFailingAsync(Walker walker, RawHttp http, WalkTable.Row row)
    {
        foreach (var caller in new[] { "anonymous", "stranger" })
        {
            var draft = Draft.Of(row);
            await walker.SendAsync(http, draft, caller);
        }
        var stale = Draft.Of(row);
        stale.Headers.Add("If-Match: \"999999\"");
        stale.Headers.Add("If-None-Match: *");
        await walker.SendAsync(http, stale, row.Caller);
        if (row.Body is null)
            return;
        foreach (var (mediaType, body) in new[] { (Json, "{"), (Json, "{}"), ("application/xml", "<a/>") })
        {
            var draft = Draft.Of(row);
            (draft.ContentType, draft.Body) = (mediaType, body);
            await walker.SendAsync(http, draft, row.Caller);
        }
    }

    /// <summary>
    /// Replaces values of an example that only the examples' author knows, such as IDs and passwords, by those of the table: the members
    /// whose values in the table have placeholders.
    /// </summary>
    private static string Adopt(JsonNode example, string? body)
    {
        if (body is null || example is not JsonObject members)
            return example.ToJsonString();
        foreach (var (name, value) in JsonNode.Parse(body)!.AsObject())
        {
            if (value?.ToJsonString().Contains("{", StringComparison.Ordinal) == true && value is not JsonObject)
                members[name] = value.DeepClone();
        }
        return members.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Returns the members of a response that none of the examples has.</summary>
    private static IEnumerable<string> FindMissing(JsonNode? actual, IReadOnlyList<JsonNode> examples)
    {
        var missing = examples.Select(example => FindMissing(actual, example, "").ToList()).MinBy(list => list.Count) ?? ["no example"];
        return missing.Select(member => $"the example lacks {member}");
    }

    private static IEnumerable<string> FindMissing(JsonNode? actual, JsonNode? example, string path)
    {
        if (actual is JsonObject members && example is JsonObject known)
        {
            foreach (var (name, value) in members)
            {
                if (!known.ContainsKey(name))
                    yield return $"{path}/{name}";
                foreach (var nested in FindMissing(value, known[name], $"{path}/{name}"))
                    yield return nested;
            }
        }
        else if (actual is JsonArray items && example is JsonArray { Count: > 0 } others)
        {
            foreach (var nested in items.SelectMany(item => FindMissing(item, others[0], $"{path}[]")))
                yield return nested;
        }
    }

    private static IEnumerable<JsonNode> GetExamples(JsonNode content)
    {
        if (content["example"] is { } single)
            yield return single.DeepClone();
        foreach (var (_, named) in content["examples"]?.AsObject() ?? [])
        {
            var name = named!["$ref"]!.GetValue<string>().Split('/')[^1];
            yield return ApiContract.Current.Document["components"]!["examples"]![name]!["value"]!.DeepClone();
        }
    }

    private static string Fill(string path) => path.Split('?')[0];
}
