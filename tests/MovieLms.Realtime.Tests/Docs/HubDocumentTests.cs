using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using MovieLms.Realtime.Contracts;
using MovieLms.Realtime.Hubs;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>
/// The committed <c>openapi/hub.asyncapi.json</c> and the tables of <c>docs/hub.md</c> must match the code. After an intended change,
/// run this class once with <c>MOVIELMS_UPDATE_OPENAPI=1</c> and commit the files.
/// </summary>
public sealed class HubDocumentTests
{
    private static readonly bool IsUpdate = Environment.GetEnvironmentVariable("MOVIELMS_UPDATE_OPENAPI") is { Length: > 0 };
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_committed_document_matches_the_code() =>
        await AssertMatchesAsync(
            Repository.File("openapi", "hub.asyncapi.json"),
            _ => HubDocument.Create().ToJsonString(Indented).ReplaceLineEndings("\n") + "\n"
        );

    [Fact]
    public async Task The_tables_of_the_page_match_the_code() =>
        await AssertMatchesAsync(
            Repository.File("docs", "hub.md"),
            page =>
            {
                page = ReplaceTable(page, "Methods", MethodTable());
                page = ReplaceTable(page, "Events", EventTable());
                page = ReplaceTable(page, "Errors", ErrorTable());
                return ReplaceTable(page, "Limits", LimitTable());
            }
        );

    [Fact]
    public async Task Spectral_reports_no_error()
    {
        var spectral = ExternalTool.RequireNpm("@stoplight/spectral-cli/dist/index.js");
        await HubSessionTests.RunAsync(
            Repository.Root,
            spectral,
            "lint",
            Repository.File("openapi", "hub.asyncapi.json"),
            "--ruleset",
            Repository.File("openapi", "hub.spectral.yaml"),
            "--fail-severity",
            "warn"
        );
    }

    private static async Task AssertMatchesAsync(string path, Func<string, string> generate)
    {
        var committed = File.Exists(path) ? (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n") : "";
        var generated = generate(committed);
        if (IsUpdate)
            await File.WriteAllTextAsync(path, committed = generated);
        Assert.True(
            committed == generated,
            $"{Path.GetFileName(path)} differs from the code. Run this class with MOVIELMS_UPDATE_OPENAPI=1 and commit it."
        );
    }

    /// <summary>Replaces the first table after a heading.</summary>
    private static string ReplaceTable(string page, string heading, IEnumerable<string> lines)
    {
        var table = new Regex($@"(?<=^## {heading}\n(?:(?!\||## ).*\n)*)(?:\|.*\n)+", RegexOptions.Multiline);
        Assert.True(table.IsMatch(page), $"docs/hub.md has no table below {heading}.");
        return table.Replace(page, string.Join('\n', lines) + "\n", 1);
    }

    private static IEnumerable<string> MethodTable() =>
        [
            "| method | returns | description |",
            "|---|---|---|",
            .. HubApi.Methods.Select(method =>
                $"| `{method.Name}({string.Join(", ", method.GetParameters().Select(Describe))})` | {DescribeResult(method)} | "
                + $"{XmlDocs.GetSummary(typeof(ChatHub), method.Name)} |"
            ),
        ];

    private static IEnumerable<string> EventTable() =>
        [
            "| event | payload | description |",
            "|---|---|---|",
            .. HubApi.Events.Select(method =>
                $"| `{method.Name}` | `{method.GetParameters().Single().ParameterType.Name}` | "
                + $"{XmlDocs.GetSummary(typeof(IChatClient), method.Name)} |"
            ),
        ];

    private static IEnumerable<string> ErrorTable() =>
        [
            "| code | meaning | then |",
            "|---|---|---|",
            .. ChatErrors.All.Select(error => $"| `{error.Code}` | {error.Meaning} | {error.Duty} |"),
        ];

    private static IEnumerable<string> LimitTable() =>
        [
            "| limit | default | setting |",
            "|---|---|---|",
            .. HubApi.Limits.Select(limit =>
                $"| {limit.Description} | {limit.Value.ToString("N0", CultureInfo.InvariantCulture)} | "
                + $"{(limit.Setting is null ? "" : $"`{limit.Setting}`")} |"
            ),
        ];

    private static string Describe(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is null ? parameter.Name! : parameter.Name + "?";

    private static string DescribeResult(MethodInfo method) => HubApi.GetResult(method) is { } type ? $"`{type.Name}`" : "";
}
