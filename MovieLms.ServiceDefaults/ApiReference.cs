using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults;

/// <summary>
/// Decides whether the API reference (<c>/scalar</c> and <c>/openapi</c>) is served. It is on by default in Development only;
/// <c>ApiReference:Enabled</c> overrides that.
/// </summary>
public static class ApiReference
{
    /// <summary>Returns whether the reference is served.</summary>
    public static bool IsEnabled(IConfiguration configuration, IHostEnvironment environment) =>
        configuration.GetValue("ApiReference:Enabled", environment.IsDevelopment());
}
