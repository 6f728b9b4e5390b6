using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace MovieLms.ServiceDefaults;

/// <summary>What every service registers and uses, once a host.</summary>
public static class ServiceDefaultsExtensions
{
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        return app;
    }
}
