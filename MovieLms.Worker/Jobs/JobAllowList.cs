using System.Collections.Concurrent;
using System.Reflection;
using Hangfire;
using Hangfire.Common;
using Newtonsoft.Json;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// The methods that a job record may call. Hangfire calls whatever type and method a record names, so that without this list anyone who can
/// write to Redis could run code in the worker. Hangfire keeps its type resolver per process, and so is this list.
/// </summary>
internal static class JobAllowList
{
    private const int MaxQuotedLength = 200;
    private const int MaxArgumentDepth = 8;

    /// <summary>By full name and assembly, as in a job record without the version.</summary>
    private static readonly ConcurrentDictionary<string, Type> Types = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<MethodInfo, bool> Methods = new();

    /// <summary>Adds methods of a service, and the types of their parameters.</summary>
    internal static void Allow<TService>(params string[] methods)
    {
        AddType(typeof(TService));
        foreach (var name in methods)
        {
            var method =
                typeof(TService).GetMethod(name)
                ?? throw new ArgumentException($"{typeof(TService)} has no public method {name}.", nameof(methods));
            Methods[method] = true;
            foreach (var parameter in method.GetParameters())
                AddType(parameter.ParameterType);
        }
    }

    /// <summary>Returns whether the job calls a method of the list: an allowed type has other methods too.</summary>
    internal static bool Contains(Job job) => Methods.ContainsKey(job.Method);

    /// <summary>Returns text from a job record that is safe to log: short and on one line.</summary>
    internal static string Quote(string? text) =>
        string.Concat((text ?? string.Empty).Take(MaxQuotedLength).Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>Makes Hangfire resolve type names by this list, and never let the JSON of an argument choose a type.</summary>
    internal static void Enforce()
    {
        TypeHelper.CurrentTypeResolver = Resolve;
        // Explicit, because settings that are not given come from JsonConvert.DefaultSettings.
        GlobalConfiguration.Configuration.UseSerializerSettings(
            new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.None, MaxDepth = MaxArgumentDepth }
        );
    }

    /// <summary>Looks the name up and parses nothing else of it: generic types, arrays and file paths are not in the list.</summary>
    private static Type Resolve(string typeName)
    {
        var parts = typeName.Split(',', 3, StringSplitOptions.TrimEntries);
        return parts.Length > 1 && Types.TryGetValue($"{parts[0]}, {parts[1]}", out var type)
            ? type
            : throw new InvalidOperationException($"the type '{Quote(typeName)}' is not one that a job may use");
    }

    private static void AddType(Type type) => Types[$"{type.FullName}, {type.Assembly.GetName().Name}"] = type;
}
