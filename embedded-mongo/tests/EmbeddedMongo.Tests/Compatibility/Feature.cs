using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Compatibility;

/// <summary>A named feature of MongoDB 7 and a minimal valid use of it.</summary>
/// <param name="Section">The kind, such as "Query operators".</param>
/// <param name="Name">The name in MongoDB's manual.</param>
/// <param name="Commands">The commands that use the feature, run in this order.</param>
/// <param name="ExpectedError">The error code of a server that supports the feature, or null if the commands succeed.</param>
internal sealed record Feature(string Section, string Name, IReadOnlyList<BsonDocument> Commands, int? ExpectedError)
{
    private const string ErrorSeparator = "  => error ";

    /// <summary>
    /// Reads <c>features.txt</c>. <c># Section</c> starts a section, and <c>> TEMPLATE</c> is the command of its features, with NAME and
    /// PROBE replaced. Each other line is a name, two spaces and PROBE, or one or more commands that start with <c>! </c>. A line may end
    /// with the error code that a server with the feature returns.
    /// </summary>
    public static IReadOnlyList<Feature> LoadAll()
    {
        var features = new List<Feature>();
        var (section, template) = ("", "");
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Compatibility", "features.txt")))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
                section = line[2..];
            else if (line.StartsWith("> ", StringComparison.Ordinal))
                template = line[2..];
            else if (line.Length > 0)
                features.Add(Parse(section, template, line));
        }

        return features;
    }

    private static Feature Parse(string section, string template, string line)
    {
        int? error = null;
        var at = line.IndexOf(ErrorSeparator, StringComparison.Ordinal);
        if (at > 0)
        {
            error = int.Parse(line[(at + ErrorSeparator.Length)..], System.Globalization.CultureInfo.InvariantCulture);
            line = line[..at];
        }

        var separator = line.IndexOf("  ", StringComparison.Ordinal);
        var (name, probe) = (line[..separator], line[(separator + 2)..]);
        var commands = probe.StartsWith("! ", StringComparison.Ordinal)
            ? probe.Split("! ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [template.Replace("NAME", $"'{name}'", StringComparison.Ordinal).Replace("PROBE", probe, StringComparison.Ordinal)];
        return new Feature(section, name, [.. commands.Select(BsonDocument.Parse)], error);
    }
}
