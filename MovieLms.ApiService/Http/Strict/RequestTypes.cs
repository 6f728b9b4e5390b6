namespace MovieLms.ApiService.Http.Strict;

/// <summary>Distinguishes the types of request bodies, which are strict, from all others.</summary>
internal static class RequestTypes
{
    /// <summary>
    /// Returns whether a type is a request body or an object inside one. Requests are public, because the validation generator ignores
    /// other types. Responses are internal.
    /// </summary>
    internal static bool Contains(Type type) => type is { IsPublic: true } && type.Assembly == typeof(RequestTypes).Assembly;
}
