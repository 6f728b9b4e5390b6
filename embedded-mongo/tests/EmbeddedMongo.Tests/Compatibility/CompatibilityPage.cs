using System.Globalization;
using System.Text;

namespace EmbeddedMongo.Tests.Compatibility;

/// <summary>Renders the answers of a server as the page <c>COMPATIBILITY.md</c>.</summary>
internal static class CompatibilityPage
{
    public static string Render(IReadOnlyList<ProbedFeature> features)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Compatibility with MongoDB 7

            A test uses each name of the MongoDB 7 manual on a running server and writes its answer to this page. Do not edit the page:
            run the class `CompatibilityPageTests` with `MOVIELMS_UPDATE_COMPATIBILITY=1` and commit the result.

            - **supported**: a minimal valid use succeeds.
            - **rejected by name**: the error says that the server does not support the feature.
            - **unknown**: the server answers as if the name were misspelled.

            | | supported | rejected by name | unknown |
            |---|---:|---:|---:|

            """.ReplaceLineEndings("\n")
        );
        var sections = features.GroupBy(static feature => feature.Feature.Section).ToArray();
        foreach (var section in sections)
        {
            var anchor = section.Key.ToLowerInvariant().Replace(' ', '-');
            page.Append(
                CultureInfo.InvariantCulture,
                $"| [{section.Key}](#{anchor}) | {Count(Support.Supported)} | {Count(Support.Refused)} | {Count(Support.Unknown)} |\n"
            );

            int Count(Support support) => section.Count(feature => feature.Support == support);
        }

        foreach (var section in sections)
            AppendSection(page, section.Key, [.. section]);

        return page.ToString();
    }

    private static void AppendSection(StringBuilder page, string title, ProbedFeature[] features)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n");
        AppendNames(page, "Supported", features.Where(static feature => feature.Support == Support.Supported));
        AppendNames(page, "Unknown", features.Where(static feature => feature.Support == Support.Unknown));
        var refused = features.Where(static feature => feature.Support == Support.Refused).ToArray();
        if (refused.Length == 0)
            return;

        page.Append("\nRejected by name:\n\n| name | error | message |\n|---|---:|---|\n");
        foreach (var feature in refused)
        {
            var message = feature.Message.Replace("|", "\\|", StringComparison.Ordinal);
            page.Append(CultureInfo.InvariantCulture, $"| {Quote(feature.Feature.Name)} | {feature.Code} | {message} |\n");
        }
    }

    private static void AppendNames(StringBuilder page, string title, IEnumerable<ProbedFeature> features)
    {
        var names = string.Join(", ", features.Select(static feature => Quote(feature.Feature.Name)));
        if (names.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"\n{title}: {names}.\n");
    }

    // Names of the language are code, and descriptions such as "Partial indexes" are not.
    private static string Quote(string name) => name.Contains(' ') || char.IsUpper(name[0]) ? name : $"`{name}`";
}
