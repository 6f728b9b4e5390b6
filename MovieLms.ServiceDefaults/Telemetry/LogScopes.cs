using System.Collections;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>Log scopes that add IDs to log lines. They contain only IDs: no names, addresses or tokens.</summary>
public static class LogScopes
{
    /// <summary>Adds an ID to every log line until the scope is disposed.</summary>
    /// <remarks>All loggers share their scopes. The name is an attribute such as <c>ImportId</c>.</remarks>
    public static IDisposable? BeginIdScope(this ILogger logger, string name, string id) => logger.BeginScope(new IdScope(name, id));

    /// <summary>Adds the caller's ID to every log line until the scope is disposed. Returns null for an anonymous caller.</summary>
    public static IDisposable? BeginUserScope(this ILogger logger, ClaimsPrincipal? user) =>
        user?.FindFirst(CurrentUser.IdClaim)?.Value is { } id ? logger.BeginIdScope("UserId", id) : null;

    /// <summary>Adds the caller's ID to the log lines of a request. Without telemetry it adds no middleware, so it costs nothing.</summary>
    internal static void UseUserScope(this WebApplication app)
    {
        if (!app.Configuration.IsTelemetryEnabled())
            return;
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LogScopes));
        app.Use(
            async (context, next) =>
            {
                using var scope = logger.BeginUserScope(context.User);
                await next(context);
            }
        );
    }

    /// <summary>A scope with one attribute. The console would print a dictionary as its type name.</summary>
    private sealed class IdScope(string name, string id) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] =>
            index == 0 ? new(name, id) : throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        public override string ToString() => $"{name}:{id}";

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
