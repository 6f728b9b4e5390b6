using Microsoft.Extensions.Configuration;

namespace MovieLms.ServiceDefaults.Hardening;

/// <summary>
/// Where people reach this installation: <c>PublicUrl</c>. Links in mail are made from it and never from a request's Host header,
/// which whoever makes the product send somebody a mail could choose.
/// </summary>
public static class PublicUrl
{
    private const string Default = "http://localhost:5400";

    /// <summary>Without a slash at its end.</summary>
    public static string Of(IConfiguration configuration) =>
        (configuration["PublicUrl"] is { Length: > 0 } url ? url : Default).TrimEnd('/');
}
