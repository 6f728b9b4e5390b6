using System.Text.Json;
using System.Text.Json.Serialization;

namespace MovieLms.ServiceDefaults.Serialization;

/// <summary>The one JSON dialect of the contract: camelCase, enums as camelCase strings, numbers only as numbers.</summary>
public static class Json
{
    /// <summary>The options that requests and responses are read and written with.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    internal static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    /// <summary>Validation reports CLR names (<c>Director.Name</c>); a client knows the JSON ones (<c>director.name</c>).</summary>
    internal static void RenameKeys(IDictionary<string, string[]> errors)
    {
        foreach (var (key, messages) in errors.ToArray())
        {
            // A header's name is no CLR name.
            if (key.Contains('-'))
                continue;
            var name = string.Join('.', key.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
            if (name == key)
                continue;
            errors.Remove(key);
            errors[name] = messages;
        }
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
