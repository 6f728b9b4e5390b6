using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults;

/// <summary>
/// Whether an installation serves its API reference: the pages <c>/scalar</c> and <c>/openapi</c>. It does in Development; anywhere else
/// <c>ApiReference:Enabled</c> turns it on.
/// </summary>
public static class ApiReference
{
    /// <summary>Returns whether the reference is served.</summary>
    public static bool IsEnabled(IConfiguration configuration, IHostEnvironment environment) =>
        configuration.GetValue("ApiReference:Enabled", environment.IsDevelopment());
}
