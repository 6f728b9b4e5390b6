using System.Text.RegularExpressions;
using System.Xml.Linq;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Conventions;

/// <summary>Checks the compiled projects against the structure described in docs/architecture.md.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>The projects that each project may reference.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["MovieLms.ServiceDefaults"] = [],
        ["MovieLms.Data"] = [],
        ["MovieLms.Reports"] = [],
        ["MovieLms.Application"] = ["MovieLms.Data", "MovieLms.Reports", "MovieLms.ServiceDefaults"],
        ["MovieLms.ApiService"] = ["MovieLms.Application", "MovieLms.Reports"],
        ["MovieLms.Worker"] = ["MovieLms.Application", "MovieLms.Reports"],
        ["MovieLms.Realtime"] = ["MovieLms.Application"],
        ["MovieLms.Web"] = ["MovieLms.Client", "MovieLms.Data", "MovieLms.ServiceDefaults"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_projects_below_it(string project)
    {
        var file = XDocument.Load(Repository.File(project, project + ".csproj"));
        var references = file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Subset(Allowed[project].ToHashSet(), references.ToHashSet());
        Assert.DoesNotContain(
            file.Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value),
            package => package.StartsWith("Aspire.Hosting", StringComparison.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_folders_of_a_project_form_no_cycle(string project)
    {
        using var assembly = ProductAssembly.Read(project);
        var uses = assembly.GetNamespaceUses();
        AssertEmpty(uses.Keys.Select(start => FindCycle(uses, start)).OfType<string>());
    }

    [Fact]
    public void A_cycle_is_detected() =>
        Assert.Equal(
            "A → B → C → A",
            FindCycle(
                new()
                {
                    ["A"] = ["B"],
                    ["B"] = ["C"],
                    ["C"] = ["A"],
                },
                "A"
            )
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_Data_opens_a_collection(string project)
    {
        using var assembly = ProductAssembly.Read(project);
        var callers = assembly
            .GetCalls()
            .Where(call => call.Method.Name == "GetCollection" && call.Method.DeclaringType.Namespace == "MongoDB.Driver")
            .Select(call => call.Caller.FullName)
            .Distinct();
        if (project == "MovieLms.Data")
            Assert.NotEmpty(callers);
        else
            Assert.Empty(callers);
    }

    [Fact]
    public void ServiceDefaults_does_not_mention_domain_entities()
    {
        using var assembly = ProductAssembly.Read("MovieLms.ServiceDefaults");
        var names = assembly.Types.SelectMany(type =>
            type.Methods.Select(method => method.Name)
                .Concat(type.Properties.Select(property => property.Name))
                .Concat(type.Fields.Select(field => field.Name))
                .Append(type.Name)
                .Select(name => (type.FullName, Text: name))
        );
        var found = names
            .Concat(assembly.GetStrings().Select(pair => (pair.Type.FullName, pair.Text)))
            .Where(pair => Entity().IsMatch(pair.Text.Replace("MovieLms", "", StringComparison.OrdinalIgnoreCase)))
            .Select(pair => $"{pair.FullName}: {pair.Text}");
        AssertEmpty(found);
    }

    [Theory]
    [InlineData("MovieStore", true)]
    [InlineData("todos:write", true)]
    [InlineData("orders", true)]
    [InlineData("OrderBy", false)]
    [InlineData("in order to", false)]
    public void Entity_names_are_detected(string text, bool expected) => Assert.Equal(expected, Entity().IsMatch(text));

    [Fact]
    public void Data_uses_neither_ASP_NET_nor_HTML()
    {
        using var assembly = ProductAssembly.Read("MovieLms.Data");
        Assert.DoesNotContain(assembly.References, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.DoesNotContain(assembly.GetStrings(), pair => Html().IsMatch(pair.Text));
    }

    private static void AssertEmpty(IEnumerable<string> violations)
    {
        if (string.Join('\n', violations.Distinct()) is { Length: > 0 } all)
            Assert.Fail(all);
    }

    /// <summary>Matches words of the product's domain. "Order" alone may also mean a sequence.</summary>
    [GeneratedRegex(
        "movie|film|course|lecture|enrol|assignment|submission|review|favou?rite|todo|receipt|order(s\\b|store|document|number|status)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Entity();

    [GeneratedRegex("</[a-z]+>")]
    private static partial Regex Html();

    /// <summary>Returns the shortest path from a namespace back to itself, or null if there is none.</summary>
    private static string? FindCycle(Dictionary<string, HashSet<string>> uses, string start)
    {
        var paths = new Queue<string[]>([
            [start],
        ]);
        var seen = new HashSet<string>();
        while (paths.TryDequeue(out var path))
        {
            foreach (var next in uses.GetValueOrDefault(path[^1]) ?? [])
            {
                if (next == start)
                    return string.Join(" → ", path.Append(start));
                if (seen.Add(next))
                    paths.Enqueue([.. path, next]);
            }
        }
        return null;
    }
}
