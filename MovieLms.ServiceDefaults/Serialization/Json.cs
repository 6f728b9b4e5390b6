using System.Text.Json;
using System.Text.Json.Serialization;

namespace MovieLms.ServiceDefaults.Serialization;

/// <summary>The JSON settings of the API: camelCase names, enums as camelCase strings, times in UTC, and no numbers in strings.</summary>
public static class Json
{
    /// <summary>The options for requests and responses.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Applies the settings to a host's options.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new UtcTimeConverter());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
