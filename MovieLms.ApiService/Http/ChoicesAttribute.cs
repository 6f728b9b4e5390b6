using System.Reflection;
using System.Text.Json;

namespace MovieLms.ApiService.Http;

/// <summary>The values of a text, for the API's description.</summary>
/// <param name="values">All values, as clients send and receive them.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal class ChoicesAttribute(params string[] values) : Attribute
{
    internal IReadOnlyList<string> Values => values;
}

/// <summary>The values of a text that is the JSON name of an enum's member.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class ChoicesAttribute<T>() : ChoicesAttribute([.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)])
    where T : struct, Enum;

/// <summary>The values of a text that is one of a type's static list of names.</summary>
/// <param name="type">The type that has the list.</param>
/// <param name="member">The name of its static property or field.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class ChoicesOfAttribute(Type type, string member) : ChoicesAttribute([.. Read(type, member)])
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static IEnumerable<string> Read(Type type, string member) =>
        (IEnumerable<string>)(type.GetProperty(member, Static)?.GetValue(null) ?? type.GetField(member, Static)?.GetValue(null))!;
}
