using System.Collections.Concurrent;
using System.Reflection;
using Hangfire;
using Hangfire.Common;
using Newtonsoft.Json;

namespace MovieLms.Worker.Jobs;

/// <summary>
/// The methods that a job record may call. Hangfire calls any type and method that a record names. Without this list, anyone who can write
/// to Redis could run code in the worker. The list is per process, because Hangfire's type resolver is.
/// </summary>
internal static class JobAllowList
{
    private const int MaxLoggedLength = 200;
    private const int MaxArgumentDepth = 8;

    /// <summary>The allowed types by full name and assembly name, as in a job record but without the version.</summary>
    private static readonly ConcurrentDictionary<string, Type> Types = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<MethodInfo, bool> Methods = new();

    /// <summary>Adds methods of a service and the types of their parameters.</summary>
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

    /// <summary>Returns whether the job's method is on the list. An allowed type has other methods too.</summary>
    internal static bool Contains(Job job) => Methods.ContainsKey(job.Method);

    /// <summary>Returns text from a job record as one short line that is safe to log.</summary>
    internal static string Sanitize(string? text) =>
        string.Concat((text ?? string.Empty).Take(MaxLoggedLength).Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>Makes Hangfire resolve type names from this list and ignore type names in the JSON of arguments.</summary>
    internal static void Enforce()
    {
        TypeHelper.CurrentTypeResolver = Resolve;
        // Set explicitly: omitted settings would come from JsonConvert.DefaultSettings.
        GlobalConfiguration.Configuration.UseSerializerSettings(
            new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.None, MaxDepth = MaxArgumentDepth }
        );
    }

    /// <summary>Looks up the type and assembly names and parses nothing else: no generic type, array or file path is on the list.</summary>
    private static Type Resolve(string typeName)
    {
        var parts = typeName.Split(',', 3, StringSplitOptions.TrimEntries);
        return parts.Length > 1 && Types.TryGetValue($"{parts[0]}, {parts[1]}", out var type)
            ? type
            : throw new InvalidOperationException($"the type '{Sanitize(typeName)}' is not allowed in a job");
    }

    private static void AddType(Type type) => Types[$"{type.FullName}, {type.Assembly.GetName().Name}"] = type;
}
