using System.Text.Json;

namespace MovieLms.ApiService.Http.Strict;

/// <summary>Replaces the CLR names in the errors of the generated validation by JSON names.</summary>
internal static class JsonNames
{
    /// <summary>Converts the paths (<c>Director.Name</c> to <c>director.name</c>) and the member's name in each message.</summary>
    internal static Dictionary<string, string[]> Convert(Dictionary<string, string[]> errors)
    {
        var converted = new Dictionary<string, string[]>(errors.Count);
        foreach (var (path, messages) in errors)
        {
            var names = path.Split('.');
            var jsonPath = string.Join('.', names.Select(JsonNamingPolicy.CamelCase.ConvertName));
            converted[jsonPath] = [.. messages.Select(message => NameMember(message, names[^1]))];
        }
        return converted;
    }

    /// <summary>The messages of the framework's attributes contain the member's display name, which is its CLR name, as one word.</summary>
    private static string NameMember(string message, string name) =>
        message.Replace($" {name} ", $" {JsonNamingPolicy.CamelCase.ConvertName(name)} ", StringComparison.Ordinal);
}
