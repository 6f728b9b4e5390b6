using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace MovieLms.ApiService.Http.Strict;

/// <summary>
/// Collects the JSON members that a request's type does not have. The deserializer stores them as extension data, which it creates only
/// if there are any, so a valid request costs nothing.
/// </summary>
/// <param name="http">Finds the request that is being read.</param>
internal sealed class UnknownMembers(IHttpContextAccessor http)
{
    private static readonly Dictionary<string, string[]> NoErrors = [];
    private readonly ConditionalWeakTable<object, Dictionary<string, JsonElement>> _members = [];

    /// <summary>Adds extension data to request types. A modifier of a JSON contract.</summary>
    internal void Configure(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || !RequestTypes.Contains(type.Type))
            return;
        var data = type.CreateJsonPropertyInfo(typeof(Dictionary<string, JsonElement>), string.Empty);
        data.IsExtensionData = true;
        data.Get = Find;
        data.Set = (owner, members) =>
        {
            _members.AddOrUpdate(owner, (Dictionary<string, JsonElement>)members!);
            http.HttpContext?.Features.Set(Found.Instance);
        };
        type.Properties.Add(data);
    }

    /// <summary>
    /// Returns an error for each unknown member of the current request's body. A member that the endpoint's own response contains is not
    /// an error, so that clients can change a response and send it back.
    /// </summary>
    internal IReadOnlyDictionary<string, string[]> FindErrors(object body, JsonSerializerOptions options)
    {
        if (http.HttpContext is not { } context || context.Features.Get<Found>() is null)
            return NoErrors;
        var responses = context
            .GetEndpoint()
            ?.Metadata.OfType<IProducesResponseTypeMetadata>()
            .Where(metadata => metadata.StatusCode is >= 200 and < 300)
            .Select(metadata => metadata.Type)
            .OfType<Type>()
            .Where(type => type != typeof(void));
        var errors = new ErrorCollector(this, options);
        errors.Visit(body, [.. responses ?? []], string.Empty);
        return errors.Found;
    }

    private Dictionary<string, JsonElement>? Find(object owner) => _members.TryGetValue(owner, out var members) ? members : null;

    /// <summary>Marks a request whose body has unknown members.</summary>
    private sealed class Found
    {
        internal static readonly Found Instance = new();
    }

    /// <summary>Finds the unknown members of an object and of the objects inside it.</summary>
    private sealed class ErrorCollector(UnknownMembers unknown, JsonSerializerOptions options)
    {
        internal Dictionary<string, string[]> Found { get; } = [];

        /// <param name="value">An object or a list of objects.</param>
        /// <param name="responses">The types of the same value in the endpoint's responses.</param>
        /// <param name="path">The value's path.</param>
        internal void Visit(object value, Type[] responses, string path)
        {
            if (value is IEnumerable items and not string)
                VisitItems(items, [.. responses.Select(response => options.GetTypeInfo(response).ElementType).OfType<Type>()], path);
            else if (RequestTypes.Contains(value.GetType()))
                VisitObject(value, responses, path.Length == 0 ? path : $"{path}.");
        }

        private void VisitItems(IEnumerable items, Type[] responses, string path)
        {
            var index = 0;
            foreach (var item in items)
            {
                if (item is not null)
                    Visit(item, responses, $"{path}[{index}]");
                index++;
            }
        }

        private void VisitObject(object value, Type[] responses, string prefix)
        {
            var members = options.GetTypeInfo(value.GetType()).Properties.Where(member => !member.IsExtensionData).ToList();
            var ignored = responses
                .SelectMany(response => options.GetTypeInfo(response).Properties)
                .ToLookup(member => member.Name, member => member.PropertyType, StringComparer.OrdinalIgnoreCase);
            foreach (var name in unknown.Find(value)?.Keys.Where(name => !ignored.Contains(name)) ?? [])
            {
                if (Found.Count < NearestName.MaxReported)
                {
                    string[] known = [.. members.Select(member => member.Name)];
                    Found[prefix + NearestName.Shorten(name)] = [NearestName.Describe(name, "member", known)];
                }
            }
            foreach (var member in members)
            {
                if (member.Get?.Invoke(value) is { } inner)
                    Visit(inner, [.. ignored[member.Name]], prefix + member.Name);
            }
        }
    }
}
