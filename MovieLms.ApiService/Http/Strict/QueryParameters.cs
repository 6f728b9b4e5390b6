using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace MovieLms.ApiService.Http.Strict;

/// <summary>Metadata with names that an endpoint reads from the query in addition to its bound parameters.</summary>
/// <param name="Names">The names of the parameters.</param>
internal sealed record QueryNames(params string[] Names);

/// <summary>Metadata of an endpoint that ignores unknown query parameters, such as the target of a mailed link.</summary>
internal sealed class IgnoresUnknownParameters;

/// <summary>The query parameters of an endpoint.</summary>
internal sealed class QueryParameters
{
    private static readonly QueryParameters Any = new(null);
    private readonly FrozenSet<string>? _names;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private QueryParameters(IEnumerable<string>? names)
    {
        _names = names?.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        if (_names is not null)
            _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The known names; null if the endpoint accepts any.</summary>
    internal IReadOnlyCollection<string>? Names => _names;

    /// <summary>Returns the parameters of an endpoint. Endpoints outside the API accept any.</summary>
    internal static QueryParameters Of(Endpoint endpoint)
    {
        if (endpoint is not RouteEndpoint { RoutePattern: var route } || !IsApi(route.RawText))
            return Any;
        if (endpoint.Metadata.GetMetadata<IgnoresUnknownParameters>() is not null)
            return Any;
        var bound = endpoint
            .Metadata.OfType<IParameterBindingMetadata>()
            .Where(parameter => route.GetParameter(parameter.Name) is null)
            .Select(GetQueryName)
            .OfType<string>();
        return new QueryParameters([.. bound, .. endpoint.Metadata.OfType<QueryNames>().SelectMany(metadata => metadata.Names)]);
    }

    /// <summary>Returns whether a query contains no unknown parameter. Allocates nothing unless a name is encoded.</summary>
    internal bool Accepts(string? query)
    {
        if (_names is null)
            return true;
        foreach (var parameter in new QueryStringEnumerable(query))
        {
            if (!_lookup.Contains(parameter.DecodeName().Span))
                return false;
        }
        return true;
    }

    /// <summary>Returns an error for each unknown parameter.</summary>
    internal Dictionary<string, string[]> FindErrors(string? query)
    {
        var errors = new Dictionary<string, string[]>();
        var known = _names?.Order(StringComparer.Ordinal).ToArray() ?? [];
        foreach (var parameter in new QueryStringEnumerable(query))
        {
            var name = parameter.DecodeName().ToString();
            if (errors.Count < NearestName.MaxReported && !known.Contains(name, StringComparer.OrdinalIgnoreCase))
                errors[NearestName.Shorten(name)] = [NearestName.Describe(name, "parameter", known)];
        }
        return errors;
    }

    /// <summary>Returns the name of a parameter that is bound from the query; null for one from elsewhere.</summary>
    private static string? GetQueryName(IParameterBindingMetadata parameter)
    {
        var attributes = parameter.ParameterInfo.GetCustomAttributes(inherit: true);
        if (attributes.OfType<IFromQueryMetadata>().FirstOrDefault() is { } query)
            return query.Name ?? parameter.Name;
        if (attributes.Any(IsOtherSource))
            return null;
        var type = parameter.ParameterInfo.ParameterType;
        return parameter.HasTryParse || type == typeof(string) || type == typeof(string[]) || type == typeof(StringValues)
            ? parameter.Name
            : null;
    }

    private static bool IsOtherSource(object attribute) =>
        attribute
            is IFromRouteMetadata
                or IFromHeaderMetadata
                or IFromBodyMetadata
                or IFromFormMetadata
                or IFromServiceMetadata
                or FromKeyedServicesAttribute;

    private static bool IsApi(string? route) => route?.TrimStart('/').StartsWith("api/", StringComparison.OrdinalIgnoreCase) == true;
}
