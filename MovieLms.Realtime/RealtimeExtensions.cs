using MovieLms.Data;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.Realtime;

/// <summary>Composes this service into a host: alone in its own process, or beside the others in Standalone.</summary>
public static class RealtimeExtensions
{
    /// <summary>Registers what is only this service's own.</summary>
    public static IHostApplicationBuilder AddRealtime(this IHostApplicationBuilder builder)
    {
        builder.Services.AddMovieLmsData();
        builder.Services.AddRevocations(services => services.GetRequiredService<RevocationStore>().ReadAsync);
        return builder;
    }

    /// <summary>Maps this service's endpoints.</summary>
    public static WebApplication MapRealtime(this WebApplication app)
    {
        return app;
    }
}
