using System.Reflection;
using System.Text.Json.Serialization;

namespace MovieLms.Web.Administration;

/// <summary>The names that members of the generated enums have in the API.</summary>
internal static class ApiNames
{
    /// <summary>Returns the member with a name; null if there is none.</summary>
    internal static T? Parse<T>(string? name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == name)
                return value;
        }
        return null;
    }

    /// <summary>Returns the name of a member.</summary>
    internal static string Of<T>(T value)
        where T : struct, Enum =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.ToString();

    /// <summary>Returns all names.</summary>
    internal static IEnumerable<string> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(Of);
}
