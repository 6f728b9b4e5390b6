using System.Collections;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ServiceDefaults.Telemetry;

/// <summary>Log scopes that say what a log line belongs to. They hold IDs only: no names, addresses or tokens.</summary>
public static class LogScopes
{
    /// <summary>Adds an ID to every log line until the scope is disposed.</summary>
    /// <param name="logger">Any logger; all share their scopes.</param>
    /// <param name="name">The attribute's name, for example <c>ImportId</c>.</param>
    /// <param name="id">An ID of this product.</param>
    public static IDisposable? BeginIdScope(this ILogger logger, string name, string id) => logger.BeginScope(new IdScope(name, id));

    /// <summary>Adds the caller's ID to every log line until the scope is disposed. Returns null for an anonymous caller.</summary>
    public static IDisposable? BeginUserScope(this ILogger logger, ClaimsPrincipal? user) =>
        user?.FindFirst(CurrentUser.IdClaim)?.Value is { } id ? logger.BeginIdScope("UserId", id) : null;

    /// <summary>Logs requests with their caller's ID where telemetry is on; elsewhere a request pays nothing for it.</summary>
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

    /// <summary>One attribute. A dictionary would be printed by its type's name on the console.</summary>
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
