using System.Text.RegularExpressions;
using System.Xml.Linq;
using MovieLms.Realtime.Hubs;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>The documentation comments of the hub's code, as plain text with code in backticks.</summary>
internal static partial class XmlDocs
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, typeof(ChatHub).Assembly.GetName().Name + ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value.Split('(')[0]);

    internal static string GetSummary(Type type) => Read(Find($"T:{type.FullName}").Element("summary")!);

    internal static string GetSummary(Type type, string method) => Read(Find($"M:{type.FullName}.{method}").Element("summary")!);

    internal static string GetPropertySummary(Type type, string property) =>
        Read(Find($"P:{type.FullName}.{property}").Element("summary")!);

    /// <summary>Returns the description of a record's parameter, or null when it is self-evident.</summary>
    internal static string? FindParameter(Type type, string name) =>
        Find($"T:{type.FullName}").Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == name) is { } found
            ? Read(found)
            : null;

    private static XElement Find(string id) =>
        Members.GetValueOrDefault(id) ?? throw new InvalidOperationException($"{id} has no documentation comment.");

    private static string Read(XElement element) => Whitespace().Replace(string.Concat(element.Nodes().Select(Read)), " ").Trim();

    private static string Read(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('(')[0].Split('.')[^1]}`",
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            _ => "",
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
