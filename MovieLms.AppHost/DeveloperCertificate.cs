using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace MovieLms.AppHost;

/// <summary>
/// The ASP.NET Core developer certificate (<c>dotnet dev-certs https</c>). The <c>https</c> launch profile needs one; without it the
/// application starts on HTTP and says so.
/// </summary>
internal static class DeveloperCertificate
{
    /// <summary>Marks a developer certificate: https://learn.microsoft.com/dotnet/core/tools/dotnet-dev-certs.</summary>
    private const string ExtensionOid = "1.3.6.1.4.1.311.84.1.1";

    private const string UrlsVariable = "ASPNETCORE_URLS";
    private const string UnsecuredVariable = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";

    /// <summary>The addresses that the launch profile gives to the dashboard and to what reports to it.</summary>
    private static readonly string[] UrlVariables =
    [
        UrlsVariable,
        "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL",
        "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
        "ASPIRE_DASHBOARD_MCP_ENDPOINT_URL",
    ];

    /// <summary>True when the launch profile asks for HTTPS.</summary>
    internal static bool IsUsed(IConfiguration configuration) => IsHttps(configuration[UrlsVariable]);

    /// <summary>Replaces the HTTPS addresses of the launch profile by HTTP ones where there is no developer certificate.</summary>
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

    /// <summary>Returns the HTTP addresses of a list; where it has none, its HTTPS addresses as HTTP.</summary>
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
