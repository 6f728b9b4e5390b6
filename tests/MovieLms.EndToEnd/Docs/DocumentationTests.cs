using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Docs;

/// <summary>Checks the documentation: snippets equal the product's code, and links have a target.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_snippet_of_add_a_feature_equals_the_code_it_quotes()
    {
        var snippets = Snippet().Matches(File.ReadAllText(Repository.File("docs", "add-a-feature.md")));
        Assert.True(snippets.Count >= 5, "The page must contain at least 5 snippets, each with a comment that names its file.");
        foreach (Match snippet in snippets)
        {
            var file = snippet.Groups["file"].Value;
            Assert.Contains(
                Unindent(snippet.Groups["code"].Value),
                Unindent(File.ReadAllText(Repository.File(file))),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Every_link_between_pages_has_a_target()
    {
        var pages = Directory
            .GetFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories)
            .Append(Repository.File("README.md"))
            .Append(Repository.File("CONTRIBUTING.md"));
        var broken = pages
            .SelectMany(page =>
                Link()
                    .Matches(File.ReadAllText(page))
                    .Select(match => match.Groups["target"].Value)
                    .Where(target =>
                        !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                    )
                    .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0])))
                    .Select(target => $"{Path.GetRelativePath(Repository.Root, page)}: {target}")
            )
            .ToArray();
        Assert.Empty(broken);
    }

    private static string Unindent(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"<!-- (?<file>\S+) -->\s*```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\]\((?<target>[^)#\s][^)\s]*)\)")]
    private static partial Regex Link();
}
