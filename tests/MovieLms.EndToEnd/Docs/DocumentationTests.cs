using System.Text.RegularExpressions;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Docs;

/// <summary>What the pages say is so: snippets are the product's own code, and links lead somewhere.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_snippet_of_add_a_feature_is_code_that_compiles()
    {
        var snippets = Snippet().Matches(File.ReadAllText(Repository.File("docs", "add-a-feature.md")));
        Assert.True(snippets.Count >= 5, "The page has lost its snippets, or a snippet the comment that names its file.");
        foreach (Match snippet in snippets)
        {
            var file = snippet.Groups["file"].Value;
            Assert.Contains(
                Unindented(snippet.Groups["code"].Value),
                Unindented(File.ReadAllText(Repository.File(file))),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Every_link_between_the_pages_leads_somewhere()
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

    private static string Unindented(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"<!-- (?<file>\S+) -->\s*```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\]\((?<target>[^)#\s][^)\s]*)\)")]
    private static partial Regex Link();
}
