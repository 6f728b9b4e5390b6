using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace MovieLms.AppHost;

/// <summary>
/// The ASP.NET Core developer certificate (<c>dotnet dev-certs https</c>). The <c>https</c> launch profile requires one. Without it, the
/// application prints a notice and starts on HTTP.
/// </summary>
internal static class DeveloperCertificate
{
    /// <summary>Marks a developer certificate: https://learn.microsoft.com/dotnet/core/tools/dotnet-dev-certs.</summary>
    private const string ExtensionOid = "1.3.6.1.4.1.311.84.1.1";

    private const string UrlsVariable = "ASPNETCORE_URLS";
    private const string UnsecuredVariable = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";

    /// <summary>The launch profile's variables with the addresses of the dashboard and its endpoints.</summary>
    private static readonly string[] UrlVariables =
    [
        UrlsVariable,
        "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL",
        "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
        "ASPIRE_DASHBOARD_MCP_ENDPOINT_URL",
    ];

    /// <summary>Returns true when the launch profile uses HTTPS.</summary>
    internal static bool IsUsed(IConfiguration configuration) => IsHttps(configuration[UrlsVariable]);

    /// <summary>Replaces the launch profile's HTTPS addresses with HTTP addresses when there is no developer certificate.</summary>
    internal static void FallBackToHttp(TextWriter output)
    {
        if (!IsHttps(Environment.GetEnvironmentVariable(UrlsVariable)) || Exists())
            return;
        foreach (var name in UrlVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } urls)
                Environment.SetEnvironmentVariable(name, WithoutHttps(urls));
        }

        Environment.SetEnvironmentVariable(UnsecuredVariable, "true");
        output.WriteLine("There is no developer certificate: starting on HTTP. Run `dotnet dev-certs https` to use the https profile.");
    }

    /// <summary>Returns the HTTP addresses of a list. If it has none, returns its HTTPS addresses as HTTP.</summary>
    internal static string WithoutHttps(string urls)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var http = all.Where(url => !IsHttps(url)).ToArray();
        return string.Join(';', http.Length > 0 ? http : all.Select(url => "http" + url["https".Length..]));
    }

    private static bool IsHttps(string? urls) => urls?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    private static bool Exists()
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        return store.Certificates.Any(certificate =>
            certificate.HasPrivateKey
            && certificate.NotAfter > TimeProvider.System.GetLocalNow().DateTime
            && certificate.Extensions.Any(extension => extension.Oid?.Value == ExtensionOid)
        );
    }
}
