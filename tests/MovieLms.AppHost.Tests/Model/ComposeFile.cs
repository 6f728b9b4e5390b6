using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace MovieLms.AppHost.Tests.Model;

/// <summary>deploy/compose.yaml with its anchors and merges resolved.</summary>
internal sealed class ComposeFile
{
    private readonly Dictionary<object, object?> _services;

    private ComposeFile(Dictionary<object, object?> services) => _services = services;

    internal IEnumerable<string> Services => _services.Keys.Cast<string>();

    internal static ComposeFile Read()
    {
        using var reader = File.OpenText(FindFile());
        var root = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object?>>(new MergingParser(new Parser(reader)));
        return new ComposeFile(Map(root["services"]));
    }

    internal string Image(string service) => (string)Map(_services[service])["image"]!;

    /// <summary>Returns the keys of a mapping, such as <c>environment</c> or <c>depends_on</c>.</summary>
    internal IReadOnlySet<string> Keys(string service, string section) =>
        Map(_services[service]).TryGetValue(section, out var value) ? Map(value).Keys.Cast<string>().ToHashSet() : [];

    internal bool Has(string service, string section) => Map(_services[service]).ContainsKey(section);

    internal string HealthCheck(string service) => (string)Map(Map(_services[service])["healthcheck"])["test"]!;

    private static Dictionary<object, object?> Map(object? value) => (Dictionary<object, object?>)value!;

    private static string FindFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "deploy", "compose.yaml") is var path && File.Exists(path))
                return path;
        }

        throw new InvalidOperationException("deploy/compose.yaml was not found: run the tests inside the checkout.");
    }
}
