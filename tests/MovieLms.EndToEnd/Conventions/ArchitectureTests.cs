using System.Text.RegularExpressions;
using System.Xml.Linq;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.Conventions;

/// <summary>The structure that docs/architecture.md describes, as rules about the compiled projects.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Each project with the projects that it may reference.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["MovieLms.ServiceDefaults"] = [],
        ["MovieLms.Data"] = [],
        ["MovieLms.Reports"] = [],
        ["MovieLms.Application"] = ["MovieLms.Data", "MovieLms.Reports", "MovieLms.ServiceDefaults"],
        ["MovieLms.ApiService"] = ["MovieLms.Application", "MovieLms.Reports"],
        ["MovieLms.Worker"] = ["MovieLms.Application", "MovieLms.Reports"],
        ["MovieLms.Realtime"] = ["MovieLms.Application"],
        ["MovieLms.Web"] = ["MovieLms.ServiceDefaults"],
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
        var uses = assembly.NamespaceUses();
        AssertNone(uses.Keys.Select(start => Cycle(uses, start)).OfType<string>());
    }

    [Fact]
    public void A_cycle_is_found() =>
        Assert.Equal(
            "A → B → C → A",
            Cycle(
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
            .Calls()
            .Where(call => call.Method.Name == "GetCollection" && call.Method.DeclaringType.Namespace == "MongoDB.Driver")
            .Select(call => call.Caller.FullName)
            .Distinct();
        if (project == "MovieLms.Data")
            Assert.NotEmpty(callers);
        else
            Assert.Empty(callers);
    }

    [Fact]
    public void ServiceDefaults_knows_no_movie_course_or_order()
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
            .Concat(assembly.Strings().Select(pair => (pair.Type.FullName, pair.Text)))
            .Where(pair => Entity().IsMatch(pair.Text.Replace("MovieLms", "", StringComparison.OrdinalIgnoreCase)))
            .Select(pair => $"{pair.FullName}: {pair.Text}");
        AssertNone(found);
    }

    [Theory]
    [InlineData("MovieStore", true)]
    [InlineData("todos:write", true)]
    [InlineData("orders", true)]
    [InlineData("OrderBy", false)]
    [InlineData("in order to", false)]
    public void The_name_of_an_entity_is_found(string text, bool expected) => Assert.Equal(expected, Entity().IsMatch(text));

    [Fact]
    public void Data_knows_neither_ASP_NET_nor_HTML()
    {
        using var assembly = ProductAssembly.Read("MovieLms.Data");
        Assert.DoesNotContain(assembly.References, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.DoesNotContain(assembly.Strings(), pair => Html().IsMatch(pair.Text));
    }

    private static void AssertNone(IEnumerable<string> faults)
    {
        if (string.Join('\n', faults.Distinct()) is { Length: > 0 } all)
            Assert.Fail(all);
    }

    /// <summary>Words for what the product is about. "Order" alone also means a sequence.</summary>
    [GeneratedRegex(
        "movie|film|course|lecture|enrol|assignment|submission|review|favou?rite|todo|receipt|order(s\\b|store|document|number|status)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Entity();

    [GeneratedRegex("</[a-z]+>")]
    private static partial Regex Html();

    /// <summary>The shortest way from a namespace back to itself; null when there is none.</summary>
    private static string? Cycle(Dictionary<string, HashSet<string>> uses, string start)
    {
        var ways = new Queue<string[]>([
            [start],
        ]);
        var seen = new HashSet<string>();
        while (ways.TryDequeue(out var way))
        {
            foreach (var next in uses.GetValueOrDefault(way[^1]) ?? [])
            {
                if (next == start)
                    return string.Join(" → ", way.Append(start));
                if (seen.Add(next))
                    ways.Enqueue([.. way, next]);
            }
        }
        return null;
    }
}
