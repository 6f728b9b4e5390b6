using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.SupplyChain;

/// <summary>External actions, images and packages are pinned to their content (docs/adr/0011).</summary>
public sealed partial class PinTests
{
    /// <summary>The images without a digest and the reasons.</summary>
    private static readonly Dictionary<string, string> TagOnly = new()
    {
        ["docker.io/maildev/maildev:2.2.1"] =
            "catches mail in trials and tests and cannot connect to other networks; scripts/pin-images.sh adds the digest",
    };

    public static TheoryData<string> Workflows =>
        [.. Directory.GetFiles(Repository.File(".github", "workflows"), "*.yml").Select(path => Path.GetFileName(path)!)];

    public static TheoryData<string> Projects =>
        [
            .. Directory
                .GetFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Repository.Root, path))
                .Where(path => !Path.GetFileName(path).StartsWith("MovieLms.AppHost", StringComparison.Ordinal)),
        ];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void An_action_is_pinned_to_a_commit_with_its_version_in_a_comment(string workflow)
    {
        var uses = File.ReadAllLines(Repository.File(".github", "workflows", workflow))
            .Where(line => line.Contains("uses:", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(@"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line));
    }

    [Theory]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData("deploy/compose.yaml")]
    public void An_image_is_pinned_to_a_digest_with_a_comment(string file)
    {
        var images = File.ReadAllLines(Repository.File(file.Split('/')))
            .Select(line => Image().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["image"].Value)
            // Built from this repository; the operator chooses the tag.
            .Where(image => !image.StartsWith("${IMAGES", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(images);
        foreach (var image in images.Except(TagOnly.Keys))
            Assert.Matches(@"^docker\.io/[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64} # \S", image);
    }

    [Fact]
    public void Every_file_uses_the_same_digests()
    {
        var constants = File.ReadAllText(Repository.File("MovieLms.AppHost", "Backing", "ImageDigests.cs"));
        foreach (var file in new[] { Repository.File("deploy", "compose.yaml"), Repository.File(".github", "workflows", "ci.yml") })
        {
            foreach (Match digest in Digest().Matches(File.ReadAllText(file)))
                Assert.Contains(digest.Groups[1].Value, constants, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_lock_file_of_a_project_has_the_central_versions(string project)
    {
        var path = Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "packages.lock.json");
        Assert.True(File.Exists(path), $"{project} has no packages.lock.json; dotnet restore creates it.");
        var central = XDocument
            .Load(Repository.File("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(
                package => package.Attribute("Include")!.Value,
                package => package.Attribute("Version")!.Value,
                StringComparer.OrdinalIgnoreCase
            );
        using var locked = JsonDocument.Parse(File.ReadAllText(path));
        foreach (
            var package in locked
                .RootElement.GetProperty("dependencies")
                .EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject())
        )
        {
            if (package.Value.GetProperty("type").GetString() == "Project")
                continue;
            Assert.Matches("^[A-Za-z0-9+/]{86}==$", package.Value.GetProperty("contentHash").GetString());
            if (central.TryGetValue(package.Name, out var version))
                Assert.Equal((package.Name, version), (package.Name, package.Value.GetProperty("resolved").GetString()));
        }
    }

    [GeneratedRegex(@"^\s*image: (?<image>.+)$")]
    private static partial Regex Image();

    [GeneratedRegex("@sha256:([0-9a-f]{64})")]
    private static partial Regex Digest();
}
